/** Who looks at a dashboard: somebody whom the engine knows, or anybody, who sees the rows that their tags open. */
export type DashboardViewer =
  | { readonly kind: 'registered'; readonly user: string }
  | {
      readonly kind: 'anonymous';
      /** By name. They are what row-level security goes by, so they never come from whoever looks. */
      readonly sessionTags: Readonly<Record<string, string>>;
    };

export interface EmbedRequest {
  readonly dashboard: string;
  readonly viewer: DashboardViewer;
  /** What is looked at first, by name. */
  readonly filters?: Readonly<Record<string, readonly string[]>>;
  /** Origins of the pages that may show it, such as `https://desk.example` or `https://*.example.com`. */
  readonly allowedDomains: readonly string[];
  /** How long the session lasts that the address opens, in whole minutes. */
  readonly lifetimeMinutes: number;
}

export interface EmbeddedDashboard {
  /** Opens the dashboard, once, for whoever has it: it is a secret, and never logged. */
  readonly url: string;
  /** Until when the address may be opened, in epoch milliseconds; the session that it opens lasts longer. */
  readonly expiresAt: number;
}

/** Dashboards of an engine that draws them, to be shown in pages of others. */
export interface Dashboards {
  /**
   * Makes an address that shows a dashboard to one viewer.
   *
   * @throws HubError with the field at fault: `EMBED_DASHBOARD_INVALID`, `EMBED_VIEWER_INVALID`, `EMBED_TAGS_INVALID`,
   * `EMBED_DOMAINS_INVALID`, `EMBED_LIFETIME_INVALID` before anybody is asked; `NOT_FOUND` for a dashboard or a viewer
   * that there is none of; `DASHBOARDS_PLAN_UNSUPPORTED`, `DASHBOARDS_QUOTA_EXCEEDED` for what the account does not have
   */
  embed(request: EmbedRequest, signal?: AbortSignal): Promise<EmbeddedDashboard>;
  close(): Promise<void>;
}
