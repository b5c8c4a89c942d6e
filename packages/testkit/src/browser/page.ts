/**
 * The page's script: everything of the library that must run in a browser, and the training as a function that a test
 * calls. The whole folders are named, so that a Node import anywhere in them breaks the bundle.
 */
import * as autodiff from 'mien/autodiff';
import * as nn from 'mien/nn';
import * as onnx from 'mien/onnx';
import * as optim from 'mien/optim';
import * as step from 'mien/train/step';
import { trainSmall } from './train-small.ts';

Object.assign(globalThis, { trainSmall, library: { autodiff, nn, onnx, optim, step } });
