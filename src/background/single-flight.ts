/** Lets everybody who asks for the same thing at the same time wait for one request. */
export class SingleFlight<T> {
  private readonly flights = new Map<string, Promise<T>>();

  get size(): number {
    return this.flights.size;
  }

  /** The outcome of the request under way for `key`, or of `start()` where there is none. */
  run(key: string, start: () => Promise<T>): Promise<T> {
    const under = this.flights.get(key);
    if (under !== undefined) return under;
    const flight = start().finally(() => this.flights.delete(key));
    this.flights.set(key, flight);
    return flight;
  }
}
