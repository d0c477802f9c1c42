/** Where the token comes from that the gateway asks for. */
export interface TokenSource {
  /** The token held, or a new one when there is none that is still good. */
  get(): Promise<string>;
  /** A new token whatever is held; for when the one held was not accepted. */
  renew(): Promise<string>;
}
