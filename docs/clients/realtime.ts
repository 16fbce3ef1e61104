/**
 * The inbox in a browser: one file, no dependencies. See ../live.md for the protocol.
 *
 *     const inbox = new Realtime({
 *       url: "wss://api.example.com/api/ws",
 *       token: async () => (await refresh()).access_token, // asked before every connection, and when a token is about to expire
 *       onNotification: (data, seq) => show(data),
 *       onRefetch: () => reload("/api/notifications"), // what was missed is not known: fetch it
 *       onEvent: (topic, data) => update(topic, data),
 *     });
 *     inbox.subscribe("project:7:inventory");
 *     inbox.start();
 *
 * It reconnects with growing, random pauses, goes on behind the last number it has seen, and gives each notification once and in order.
 */

export interface Notification {
  id: number;
  seq: number;
  type: string;
  category: string;
  title: string;
  message: string;
  params: Record<string, unknown>;
  related_entity_type: string;
  related_entity_id: number;
  builder_id: number | null;
  priority: "low" | "medium" | "high" | "critical";
  is_read: boolean;
  read_at: string | null;
  action_url: string | null;
  created_at: string;
}

export type ServerFrame =
  | { type: "ready"; epoch: string; seq: number; recovered: boolean; unread_count: number }
  | { type: "notification"; seq: number; data: Notification }
  | { type: "event"; topic: string; data: Record<string, unknown> }
  | { type: "subscribed"; topic: string; data: Record<string, unknown> | null }
  | { type: "unsubscribed"; topic: string }
  | { type: "read"; id: number; unread_count: number }
  | { type: "expiring"; in: number }
  | { type: "error"; code: string; detail: string }
  | { type: "pong" };

export interface Cursor {
  epoch: string;
  seq: number;
}

export interface Options {
  url: string;
  /** A good access token. Throw when there is none any more: it ends with `onClosed`. */
  token: () => Promise<string>;
  onNotification?: (data: Notification, seq: number) => void;
  onEvent?: (topic: string, data: Record<string, unknown>) => void;
  onUnread?: (count: number) => void;
  /** Fetch what there is: after the first connection, and when too much was missed. */
  onRefetch?: (cursor: Cursor) => void;
  onError?: (code: string, detail: string) => void;
  /** It will not come back by itself: signed out for good, or a topic that is forbidden. */
  onClosed?: (code: number, reason: string) => void;
  /** Where an earlier page stopped. */
  cursor?: Cursor;
  /** Where there is no global one. */
  WebSocket?: typeof WebSocket;
  shortestPause?: number;
  longestPause?: number;
}

const UNAUTHENTICATED = 4401;
const FORBIDDEN = 4403;
const SILENCE = 45_000; // milliseconds without a word after which the line is asked, and soon after given up

export class Realtime {
  cursor: Cursor | undefined;
  private socket: WebSocket | undefined;
  private readonly topics = new Set<string>();
  private tries = 0;
  private refusals = 0;
  private isWanted = false;
  private pause: ReturnType<typeof setTimeout> | undefined;
  private watch: ReturnType<typeof setInterval> | undefined;
  private heardAt = 0;

  constructor(private readonly options: Options) {
    this.cursor = options.cursor;
  }

  start(): void {
    if (this.isWanted) return;
    this.isWanted = true;
    void this.connect();
  }

  stop(): void {
    this.isWanted = false;
    clearTimeout(this.pause);
    clearInterval(this.watch);
    this.socket?.close(1000);
    this.socket = undefined;
  }

  subscribe(topic: string): void {
    this.topics.add(topic);
    this.say({ type: "subscribe", topic });
  }

  unsubscribe(topic: string): void {
    this.topics.delete(topic);
    this.say({ type: "unsubscribe", topic });
  }

  markRead(id: number): void {
    this.say({ type: "read", id });
  }

  private async connect(): Promise<void> {
    let token: string;
    try {
      token = await this.options.token();
    } catch (error) {
      return this.end(UNAUTHENTICATED, String(error));
    }
    if (!this.isWanted) return;
    const socket = new (this.options.WebSocket ?? WebSocket)(this.options.url);
    this.socket = socket;
    socket.onopen = () => {
      this.listenForSilence(socket);
      const behind = this.cursor ? { epoch: this.cursor.epoch, after: this.cursor.seq } : {};
      socket.send(JSON.stringify({ type: "auth", token, ...behind }));
    };
    socket.onmessage = (message: MessageEvent) => {
      this.heardAt = Date.now();
      if (this.socket === socket) this.hear(JSON.parse(String(message.data)) as ServerFrame);
    };
    socket.onclose = (closed: CloseEvent) => {
      if (this.socket === socket) this.lost(closed.code, closed.reason);
    };
  }

  private hear(frame: ServerFrame): void {
    switch (frame.type) {
      case "ready":
        this.ready(frame);
        break;
      case "notification":
        if (this.cursor && frame.seq <= this.cursor.seq) return; // it came twice
        if (this.cursor) this.cursor = { epoch: this.cursor.epoch, seq: frame.seq };
        this.options.onNotification?.(frame.data, frame.seq);
        break;
      case "event":
        this.options.onEvent?.(frame.topic, frame.data);
        break;
      case "subscribed":
        if (frame.data) this.options.onEvent?.(frame.topic, frame.data);
        break;
      case "read":
        this.options.onUnread?.(frame.unread_count);
        break;
      case "expiring":
        this.options.token().then(
          (token) => this.say({ type: "auth", token }),
          () => undefined, // it ends with the old one
        );
        break;
      case "error":
        this.options.onError?.(frame.code, frame.detail);
        break;
    }
  }

  private ready(frame: Extract<ServerFrame, { type: "ready" }>): void {
    const isRenewal = this.tries === 0 && this.refusals === 0 && this.isReady;
    this.tries = this.refusals = 0;
    this.isReady = true;
    if (!frame.recovered) {
      this.cursor = { epoch: frame.epoch, seq: frame.seq };
      this.options.onRefetch?.(this.cursor);
    }
    this.options.onUnread?.(frame.unread_count);
    if (!isRenewal) for (const topic of this.topics) this.say({ type: "subscribe", topic });
  }
  private isReady = false;

  private lost(code: number, reason: string): void {
    clearInterval(this.watch);
    this.socket = undefined;
    this.isReady = false;
    if (!this.isWanted) return;
    if (code === FORBIDDEN || (code === UNAUTHENTICATED && ++this.refusals > 2)) return this.end(code, reason);
    const longest = this.options.longestPause ?? 30_000;
    const pause = Math.min(longest, (this.options.shortestPause ?? 500) * 2 ** this.tries++);
    this.pause = setTimeout(() => void this.connect(), pause * (0.5 + Math.random() / 2));
  }

  private end(code: number, reason: string): void {
    this.stop();
    this.options.onClosed?.(code, reason);
  }

  private say(frame: object): void {
    if (this.socket && this.isReady) this.socket.send(JSON.stringify(frame));
  }

  /** Browsers do not say when a line has died: a server that answers nothing for long is left. */
  private listenForSilence(socket: WebSocket): void {
    this.heardAt = Date.now();
    this.watch = setInterval(() => {
      const silent = Date.now() - this.heardAt;
      if (silent > SILENCE * 1.5) {
        socket.onclose = null;
        socket.close();
        this.lost(1006, "silence");
      } else if (silent > SILENCE) this.say({ type: "ping" });
    }, SILENCE / 4);
  }
}
