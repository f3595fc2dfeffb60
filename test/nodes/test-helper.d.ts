/** The part of node-red-node-test-helper that the tests use; the package has no types. */
declare module 'node-red-node-test-helper' {
  import type { Node, NodeAPI } from 'node-red';

  interface Helper {
    init(runtimePath: string): void;
    settings(settings: object): object;
    startServer(): Promise<void>;
    stopServer(): Promise<void>;
    load(nodes: ((RED: NodeAPI) => void)[], flow: object[], credentials: object): Promise<void>;
    setFlows(flow: object[], type: 'full' | 'flows' | 'nodes', credentials?: object): Promise<void>;
    unload(): Promise<void>;
    getNode(id: string): Node;
    url(): string;
    request(): {
      get(path: string): Call;
      post(path: string): Call;
    };
    log(): { args: [{ level: number; msg: unknown }][] };
  }
  interface Call extends Promise<{ status: number; body: Record<string, unknown>; text: string }> {
    set(name: string, value: string): Call;
    send(body: object | string): Call;
  }
  const helper: Helper;
  export default helper;
}
