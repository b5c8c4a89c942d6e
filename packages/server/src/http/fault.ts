/** An answer that is an error: thrown anywhere below a route, told to the client in one line. */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

export const notFound = (what: string): Fault => new Fault(404, `there is no such ${what}`);
