/** One message of a stream of server-sent events. A heartbeat has neither name nor data. */
export interface StreamEvent {
  event: string;
  data: string;
}

/** Reads server-sent events as they come, however the network has cut them. @returns takes the next piece */
export function createEventParser(heard: (event: StreamEvent) => void): (piece: string) => void {
  let rest = '';
  return (piece) => {
    const blocks = (rest + piece).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) heard(eventOf(block));
  };
}

function eventOf(block: string): StreamEvent {
  const lines = block.split('\n');
  const read = (name: string) => {
    const line = lines.find((one) => one.startsWith(`${name}:`));
    return line?.slice(name.length + 1).trim() ?? '';
  };
  return { event: read('event'), data: read('data') };
}
