// A solc command line over the npm package `solc`, for machines that cannot download the native compiler.
// py-solc-x, forge and slither call it: `--version`, and standard JSON from stdin or from a file.
// `solcjs --standard-json` itself cuts its output at 64 KiB on a pipe, hence the loop in `write`.
const fs = require("fs");
const path = require("path");
const solc = require(path.join(process.env.SALVOR_NODE_MODULES, "solc"));

const write = (text) => {
  let rest = Buffer.from(text);
  while (rest.length) {
    try {
      rest = rest.subarray(fs.writeSync(1, rest));
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
    }
  }
};

const args = process.argv.slice(2);
const valuesOf = (flag) =>
  args.flatMap((arg, i) => {
    if (arg === flag) return [args[i + 1]];
    return arg.startsWith(`${flag}=`) ? [arg.slice(flag.length + 1)] : [];
  });

if (args.includes("--version")) {
  // py-solc-x reads the version from the native compiler's wording.
  const version = solc.version().replace(".Emscripten.clang", ".Linux.g++");
  write(`solc, the solidity compiler commandline interface\nVersion: ${version}\n`);
} else if (args.includes("--standard-json")) {
  const named = args[args.indexOf("--standard-json") + 1];
  const input = fs.readFileSync(named && !named.startsWith("-") ? named : 0, "utf8");
  const bases = [...valuesOf("--base-path"), ...valuesOf("--include-path"), "."];
  const find = (wanted) => {
    const file = bases.map((base) => path.resolve(base, wanted)).find(fs.existsSync);
    return file ? { contents: fs.readFileSync(file, "utf8") } : { error: `File not found: ${wanted}` };
  };
  write(solc.compile(input, { import: find }));
} else {
  process.stderr.write("solc shim: only --version and --standard-json are supported\n");
  process.exit(1);
}
