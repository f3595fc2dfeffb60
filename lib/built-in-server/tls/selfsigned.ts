/** The library that makes certificates. The build puts it into this file, with all it stands on (scripts/build.mjs). */
export { generate } from 'selfsigned';
