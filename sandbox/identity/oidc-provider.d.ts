// The part of oidc-provider 9 that the sandbox uses.
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  export interface OidcContext {
    path: string;
    method: string;
    querystring: string;
    mountPath: string;
    status: number;
    type: string;
    body: Record<string, unknown> | string | undefined;
    respond: boolean;
    req: IncomingMessage & { originalUrl?: string; body?: unknown };
    response: { get(name: string): string };
    oidc: { client: { clientId: string }; session: { accountId: string }; provider: Provider };
    sandboxError?: { error_detail?: string };
    get(name: string): string;
    set(headers: string | Record<string, string>, value?: string): void;
  }

  export interface Grant {
    addOIDCScope(scope: string): void;
    addResourceScope(resource: string, scope: string): void;
    save(): Promise<string>;
  }

  export interface Interaction {
    prompt: { name: string; details: { missingResourceScopes?: Record<string, string[]> } };
    params: { client_id: string; login_hint?: string };
    session?: { accountId: string };
    grantId?: string;
    lastSubmission?: { pick?: string };
  }

  export default class Provider {
    constructor(issuer: string, configuration: object);
    proxy: boolean;
    readonly Grant: {
      new (properties: { accountId: string; clientId: string }): Grant;
      find(id: string): Promise<Grant | undefined>;
    };
    readonly Client: { prototype: { redirectUris: string[]; redirectUriAllowed(uri: string): boolean } };
    on(event: string, listener: (ctx: OidcContext, error: Error & { error_detail?: string }) => void): void;
    use(middleware: (ctx: OidcContext, next: () => Promise<void>) => Promise<void>): void;
    callback(): (req: IncomingMessage, res: ServerResponse) => void;
    interactionDetails(req: IncomingMessage, res: ServerResponse): Promise<Interaction>;
    interactionFinished(
      req: IncomingMessage,
      res: ServerResponse,
      result: object,
      options: { mergeWithLastSubmission: boolean },
    ): Promise<void>;
  }

  export const interactionPolicy: {
    base(): { add(prompt: object, index: number): void };
    Prompt: new (options: { name: string; requestable: boolean }) => object;
  };
}
