/** Words for people: a key of `text/en.json` and `text/de.json`, and what stands in its gaps. Only pages and nodes turn it into a sentence. */
export interface Text {
  key: string;
  values?: Record<string, string | number>;
}
