import { tax } from "./tax";
import type { Line } from "./line";

export const RATE = 0.19;
export type Money = number;

export interface Priced {
  price(rate: number): Money;
}

export enum State { Open, Closed }

export namespace Util {
  export function round(x: number): number { return x; }
}

abstract class Base {
  abstract size(): number;
}

@Injectable()
export class Cart extends Base implements Priced {
  private lines: Line[] = [];
  readonly onChange = () => { this.size(); };
  constructor(private readonly rate: number) { super(); }
  size(): number { return this.lines.length; }
  price(rate: number): Money {
    const inner = (x: number) => x * rate;
    return inner(this.size());
  }
}

export const total = async (cart: Cart): Promise<Money> => cart.price(RATE);
export default function main(): void {}
declare function external(x: string): void;
