// What this browser keeps for the shop: the cart, where it goes, and the last order. Where storage is forbidden, it is kept
// for the page alone.

export interface Line {
  sku: string;
  category: string;
  name: string;
  /** Cents, of one. */
  price: number;
  quantity: number;
}

export interface Order {
  key: string;
  recipient: string;
  lines: Line[];
}

const memory = new Map<string, string>();

const read = <T>(name: string): T | undefined => {
  let text: string | null | undefined = memory.get(name);
  try {
    text ??= localStorage.getItem(name);
    return text ? (JSON.parse(text) as T) : undefined;
  } catch {
    return undefined;
  }
};

const write = (name: string, value: unknown): void => {
  const text = JSON.stringify(value);
  try {
    localStorage.setItem(name, text);
  } catch {
    memory.set(name, text);
  }
};

export const cart = (): Line[] => read<Line[]>('shop.cart') ?? [];
export const keepCart = (lines: Line[]): void => write('shop.cart', lines);

export const recipient = (): string => read<string>('shop.recipient') ?? '';
export const keepRecipient = (name: string): void => write('shop.recipient', name);

export const order = (): Order | undefined => read<Order>('shop.order');
export const keepOrder = (order: Order): void => write('shop.order', order);

export const sum = (lines: Line[]): number =>
  lines.reduce((total, { price, quantity }) => total + price * quantity, 0);

export const pieces = (lines: Line[]): number => lines.reduce((total, { quantity }) => total + quantity, 0);
