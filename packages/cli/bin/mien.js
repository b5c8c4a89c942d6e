#!/usr/bin/env node
import { guardStreams } from '../dist/endings.js';
import { main } from '../dist/main.js';

guardStreams();
process.exitCode = await main(process.argv.slice(2));
