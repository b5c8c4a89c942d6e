#!/usr/bin/env node
import { guardStdout } from '../dist/output.js';
import { main } from '../dist/main.js';

guardStdout();
process.exitCode = await main(process.argv.slice(2));
