/**
 * The page's script: everything of the library that must run in a browser, and what tests call. Every entry for browsers is named, so that
 * a Node import anywhere in them breaks the bundle.
 */
import * as root from 'mien';
import * as autodiff from 'mien/autodiff';
import * as browser from 'mien/browser';
import * as classifiers from 'mien/classifiers';
import * as crowd from 'mien/crowd';
import * as data from 'mien/data';
import * as explain from 'mien/explain';
import * as face from 'mien/face';
import * as features from 'mien/features';
import * as geometry from 'mien/geometry';
import * as image from 'mien/image';
import * as labels from 'mien/labels';
import * as metrics from 'mien/metrics';
import * as nn from 'mien/nn';
import * as onnx from 'mien/onnx';
import * as optim from 'mien/optim';
import * as predict from 'mien/predict';
import * as recipes from 'mien/recipes';
import * as report from 'mien/report';
import * as runtime from 'mien/runtime';
import * as tensor from 'mien/tensor';
import * as step from 'mien/train/step';
import { trainSmall } from './train-small.ts';

const library = {
  autodiff, browser, classifiers, crowd, data, explain, face, features, geometry, image, labels, metrics, nn, onnx, optim, predict, recipes, report, root,
  runtime, step, tensor,
};
Object.assign(globalThis, { trainSmall, library });
export type Library = typeof library;
