/** A port that was asked for by number is taken. `port` is the number, so that the caller can name it and its flag. */
export class PortInUseError extends Error {
  override readonly name = 'PortInUseError';
  /** What Node calls it. */
  readonly code = 'EADDRINUSE';
  readonly port: number;

  constructor(port: number, options?: ErrorOptions) {
    super(`Port ${port} is already in use on 127.0.0.1`, options);
    this.port = port;
  }
}
