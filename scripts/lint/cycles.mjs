import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { root } from '../setup/child.mjs';

/** Import cycles between the given files (relative to the checkout), types included: each as the files on its way. */
export function importCycles(files) {
  const known = new Set(files);
  const graph = new Map(files.map((file) => [file, importsOf(file).filter((target) => known.has(target))]));
  return stronglyConnected(graph).filter((group) => group.length > 1 || graph.get(group[0]).includes(group[0])).map((group) => shortestCycle(graph, new Set(group)));
}

function importsOf(file) {
  const { importedFiles } = ts.preProcessFile(readFileSync(join(root, file), 'utf8'), true, true);
  return importedFiles.map(({ fileName }) => fileName).filter((name) => name.startsWith('.'))
    .map((name) => relative(root, resolve(root, dirname(file), name)).replaceAll('\\', '/').replace(/\.js$/, '.ts'));
}

/** Tarjan's algorithm, with a stack of its own so that deep graphs do not overflow. */
function stronglyConnected(graph) {
  const index = new Map();
  const low = new Map();
  const onStack = new Set();
  const stack = [];
  const groups = [];
  for (const start of graph.keys()) {
    if (index.has(start)) continue;
    const work = [{ node: start, next: 0 }];
    while (work.length > 0) {
      const frame = work.at(-1);
      const { node } = frame;
      if (frame.next === 0) {
        index.set(node, index.size);
        low.set(node, index.get(node));
        stack.push(node);
        onStack.add(node);
      }
      const target = graph.get(node)[frame.next++];
      if (target !== undefined) {
        if (!index.has(target)) work.push({ node: target, next: 0 });
        else if (onStack.has(target)) low.set(node, Math.min(low.get(node), index.get(target)));
        continue;
      }
      work.pop();
      const parent = work.at(-1)?.node;
      if (parent !== undefined) low.set(parent, Math.min(low.get(parent), low.get(node)));
      if (low.get(node) === index.get(node)) groups.push(popUntil(stack, onStack, node));
    }
  }
  return groups;
}

function popUntil(stack, onStack, node) {
  const group = [];
  for (;;) {
    const top = stack.pop();
    onStack.delete(top);
    group.push(top);
    if (top === node) return group;
  }
}

function shortestCycle(graph, group) {
  let best;
  for (const start of group) {
    const from = new Map();
    const queue = [start];
    for (const node of queue) {
      for (const target of graph.get(node)) {
        if (target === start) {
          const path = [start];
          for (let at = node; at !== start; at = from.get(at)) path.splice(1, 0, at);
          if (best === undefined || path.length < best.length) best = path;
        } else if (group.has(target) && !from.has(target) && target !== start) {
          from.set(target, node);
          queue.push(target);
        }
      }
    }
  }
  return [...best, best[0]];
}
