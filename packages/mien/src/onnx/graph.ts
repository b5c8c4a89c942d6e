/**
 * An ONNX graph in memory: what GraphBuilder makes, the protobuf reader and writer carry,
 * the float64 evaluator computes, autodiff extends and the runtime executes.
 */
import type { DType, Tensor } from '../tensor/index.ts';
import type { AttrKind } from './ops.ts';
import { ShapeError } from '../errors.ts';

/** A dimension: a number, or a name for one that is known at run time only (the batch, `"N"`). */
export type Dim = number | string;
export type Shape = readonly Dim[];

export interface Value {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
}

export interface Attribute {
  readonly kind: AttrKind;
  readonly value: number | string | readonly number[] | readonly string[] | Tensor;
}

export interface GraphNode {
  /** Unique in its graph. */
  readonly name: string;
  /** ONNX op type. An imported graph may hold ops that `OPS` does not list. */
  readonly op: string;
  /** '' for the standard domain. */
  readonly domain: string;
  /** null: an optional input that is absent. */
  readonly inputs: readonly (Value | null)[];
  readonly outputs: readonly Value[];
  readonly attrs: Readonly<Record<string, Attribute>>;
}

export interface Graph {
  name: string;
  /** Fed at run time; initializers are not listed here. */
  inputs: Value[];
  outputs: Value[];
  /** In topological order. */
  nodes: GraphNode[];
  /** Constant tensors by value name. */
  initializers: Map<string, Tensor>;
  /** ONNX metadata_props of the model. */
  metadata: Map<string, string>;
  opset: number;
}

export function emptyGraph(name: string, opset: number): Graph {
  return { name, inputs: [], outputs: [], nodes: [], initializers: new Map(), metadata: new Map(), opset };
}

/** The stem of the names of nodes that stop gradients. */
export const STOP_GRADIENT = 'Identity.stop_gradient';

/**
 * Whether the node is an Identity through which no gradient flows (GraphBuilder.stopGradient). Its name says so, the
 * only part of a standard node that is free, so that a graph written to a file and read again keeps it.
 */
export function stopsGradient(node: GraphNode): boolean {
  return node.op === 'Identity' && /(^|\.)Identity\.stop_gradient_\d+$/.test(node.name);
}

/** An attribute's number, or the default where it is absent. */
export function attrNumber(node: GraphNode, name: string, otherwise: number): number {
  const a = node.attrs[name];
  return a === undefined ? otherwise : (a.value as number);
}

/** An attribute's string, or the default where it is absent. */
export function attrString(node: GraphNode, name: string, otherwise: string): string {
  const a = node.attrs[name];
  return a === undefined ? otherwise : (a.value as string);
}

/** An attribute's list of numbers, or the default where it is absent. */
export function attrNumbers(node: GraphNode, name: string, otherwise: readonly number[]): readonly number[] {
  const a = node.attrs[name];
  return a === undefined ? otherwise : (a.value as readonly number[]);
}

/**
 * The dimensions as numbers.
 * @throws {ShapeError} when one is symbolic
 */
export function staticDims(shape: Shape, operation: string): number[] {
  return shape.map((d) => {
    if (typeof d !== 'number') throw new ShapeError(operation, `needs known dimensions, got [${shape.join(',')}]`);
    return d;
  });
}
