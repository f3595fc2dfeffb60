/** What to do with the parts of a body, and with its end. */
export interface BodyRules {
  maxBytes: number;
  tooLarge(): Error;
  /** Turns what broke the body into what its reader shall see. */
  translate(error: unknown): unknown;
  /** Called once: read to its end, broken, too large, or given up by its reader. */
  ended(): void;
}

/**
 * A body that ends with an error beyond its limit, counted after decompression, so that neither a long answer nor a
 * small one that unpacks into a long one fills the memory. Reads only what its reader asks for.
 */
export function boundedBody(body: ReadableStream<Uint8Array>, rules: BodyRules): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let bytes = 0;
  const giveUp = async (reason: unknown): Promise<void> => {
    rules.ended();
    await reader.cancel(reason).catch(() => undefined);
  };
  const nextChunk = async (): Promise<Uint8Array | undefined> => {
    const { value, done } = await reader.read();
    return done ? undefined : value;
  };
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    const chunk = await nextChunk();
    bytes += chunk?.byteLength ?? 0;
    if (bytes > rules.maxBytes) {
      await giveUp('too large');
      throw rules.tooLarge();
    }
    if (chunk) return controller.enqueue(chunk);
    rules.ended();
    controller.close();
  };
  const pullOrBreak = (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> =>
    pull(controller).catch((error: unknown) => {
      rules.ended();
      throw rules.translate(error);
    });
  return new ReadableStream({ pull: pullOrBreak, cancel: giveUp }, { highWaterMark: 0 });
}
