/** Models for the modern shell only. */
export const modernModelLoaders = {
  EmailTopbarActionModel: {
    extends: 'TopbarActionModel',
    loader: () => import(/* webpackChunkName: "email-topbar" */ './EmailTopbarActionModel'),
  },
};
