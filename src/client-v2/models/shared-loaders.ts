/** Models for both shells, since the legacy shell shows modern pages too. */
export const sharedModelLoaders = {
  MailboxBlockModel: {
    extends: 'BlockModel',
    loader: () => import(/* webpackChunkName: "email-block" */ './MailboxBlockModel'),
  },
};
