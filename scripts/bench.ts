/** `npm run bench [-- scenario …]`: see bench/run.ts. */
import '../bench/run.ts'
