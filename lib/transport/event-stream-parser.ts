/** One message of a `text/event-stream` (WHATWG HTML 9.2). */
export interface StreamEvent {
  kind: 'event';
  /** The last id the stream named, this event's or an earlier one's; empty if none. */
  id: string;
  /** `message` unless the stream says otherwise. */
  event: string;
  data: string;
}

/** A line that begins with a colon; servers send them to show that they are alive. */
export interface StreamComment {
  kind: 'comment';
  text: string;
}

export interface StreamLimits {
  /** Characters of one line. */
  maxLineLength: number;
  /** Characters of one event's data. */
  maxEventLength: number;
}

export interface EventStreamParser {
  /**
   * Takes the next piece of text, cut anywhere, and gives what it completes.
   *
   * @throws whatever `tooLong` gave, once a limit is passed; the parser is then of no more use
   */
  push(text: string): (StreamEvent | StreamComment)[];
}

/** Reads a `text/event-stream` piece by piece; `retry` is left to the caller's own judgement. */
export function createEventStreamParser(limits: StreamLimits, tooLong: () => Error): EventStreamParser {
  const takeLines = createLineSplitter(limits.maxLineLength, tooLong);
  const unfinished = { id: '', event: '', data: [] as string[], length: 0 };

  const finish = (): StreamEvent[] => {
    const { id, event, data } = unfinished;
    Object.assign(unfinished, { event: '', data: [], length: 0 });
    return data.length === 0 ? [] : [{ kind: 'event', id, event: event || 'message', data: data.join('\n') }];
  };
  const addData = (value: string): void => {
    unfinished.length += value.length + 1;
    if (unfinished.length > limits.maxEventLength) throw tooLong();
    unfinished.data.push(value);
  };
  const addField = (name: string, value: string): void => {
    if (name === 'data') addData(value);
    if (name === 'event') unfinished.event = value;
    if (name === 'id' && !value.includes('\0')) unfinished.id = value;
  };
  const readLine = (line: string): (StreamEvent | StreamComment)[] => {
    if (line === '') return finish();
    const [, name = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (name === '') return [{ kind: 'comment', text: value }];
    addField(name, value);
    return [];
  };
  return { push: (text) => takeLines(text).flatMap(readLine) };
}

/** Lines end with CR LF, LF or CR, which may fall on either side of a cut; one byte order mark may come first. */
function createLineSplitter(maxLineLength: number, tooLong: () => Error): (text: string) => string[] {
  let rest = '';
  let begun = false;
  let afterReturn = false;
  return (text) => {
    if (text === '') return [];
    const skip = (!begun && text.startsWith('\uFEFF')) || (afterReturn && text.startsWith('\n')) ? 1 : 0;
    begun = true;
    afterReturn = text.endsWith('\r');
    const lines = (rest + text.slice(skip)).split(/\r\n|\n|\r/);
    if (lines.some((line) => line.length > maxLineLength)) throw tooLong();
    rest = lines.pop() ?? '';
    return lines;
  };
}
