// What anywidget hands to the views, as far as they use it.

/** A buffer, as one or another front end delivers it. */
export type Bytes = DataView<ArrayBuffer> | Uint8Array<ArrayBuffer> | ArrayBuffer;

/** A kernel's comm; JupyterLab's own, of which nothing is promised. */
export interface Comm {
  targetName: string;
  isDisposed: boolean;
  onClose?: unknown;
  onMsg?: unknown;
  subshellStarted?: Promise<unknown>;
}

/** The Python object's twin in the page: its synced traits, the messages it sends and those it takes. */
export interface Model<Traits, Message = never, Answer = never> {
  get<Name extends keyof Traits>(name: Name): Traits[Name];
  on(event: `change:${string & keyof Traits}`, act: () => void): void;
  on(event: "msg:custom", hear: (message: Message, buffers: Bytes[]) => void): void;
  off(event: `change:${string & keyof Traits}`, act: () => void): void;
  off(event: "msg:custom", hear: (message: Message, buffers: Bytes[]) => void): void;
  send(answer: Answer, callbacks?: undefined, buffers?: ArrayBuffer[]): void;
  widget_manager?: { kernel?: { _comms?: Map<string, Comm> } };
}

/** What `render` is called with: it fills `el` and returns its clean-up. */
export interface View<Traits, Message = never, Answer = never> {
  model: Model<Traits, Message, Answer>;
  el: HTMLElement;
}
