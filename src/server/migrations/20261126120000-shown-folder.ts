import { Migration } from '@nocobase/server';

/** Since 0.2 a placement says where people see it, which is another folder while a move is on its way to the server. */
export default class ShownFolderMigration extends Migration {
  override on = 'afterLoad';

  override async up(): Promise<void> {
    const collection = this.db.getCollection('emailPlacements');
    if (!collection) return;
    const quoted = (attribute: string): string => {
      const field = (collection.model.rawAttributes[attribute] as { field?: string }).field ?? attribute;
      return this.db.sequelize.getQueryInterface().quoteIdentifier(field);
    };
    await this.db.sequelize.query(
      `UPDATE ${collection.quotedTableName()} SET ${quoted('shownFolderId')} = ${quoted('folderId')} ` +
        `WHERE ${quoted('shownFolderId')} IS NULL AND ${quoted('pending')} IS NULL`,
    );
  }
}
