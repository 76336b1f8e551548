import fs from "node:fs";
const path = require("path");

export const LIMIT = 10;

export class Queue {
  #items = [];
  static of(...items) { return new Queue(items); }
  get size() { return this.#items.length; }
  push = (item) => { this.#items.push(item); };
}

function* numbers() { yield 1; }
const drain = async function (queue) { return queue.size; };
module.exports.helper = function (x) { return x; };
const api = { start() { return LIMIT; }, stop: () => 0 };
