/** A page of the website. Its element takes `params`, and is loaded when it is first shown. */
export interface Page {
  readonly path: string;
  readonly title: string;
  readonly tag: string;
  readonly load: () => Promise<unknown>;
}

export const pages: readonly Page[] = [
  { path: 'overview', title: 'Overview', tag: 'overview-page', load: () => import('./pages/overview') },
  { path: 'journeys', title: 'Journeys', tag: 'journeys-page', load: () => import('./pages/journeys') },
  { path: 'customer', title: 'Customer', tag: 'customer-page', load: () => import('./pages/customer') },
  { path: 'milestones', title: 'Milestones', tag: 'milestones-page', load: () => import('./pages/milestones') },
  { path: 'models', title: 'Models', tag: 'models-page', load: () => import('./pages/models') },
  { path: 'operations', title: 'Operations', tag: 'operations-page', load: () => import('./pages/operations') },
  { path: 'dashboards', title: 'Dashboards', tag: 'dashboards-page', load: () => import('./pages/dashboards') },
];
