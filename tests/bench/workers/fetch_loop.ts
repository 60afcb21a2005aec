/** What one writes by hand: `fetch_loop.ts FILE LANES`. */
const [file = "", lanes] = Deno.args;
const urls = (await Deno.readTextFile(file)).split("\n");
let next = 0;
let bytes = 0;

async function lane(): Promise<void> {
  while (next < urls.length) {
    const response = await fetch(urls[next++]!);
    bytes += (await response.text()).length;
  }
}

await Promise.all(Array.from({ length: Number(lanes) }, lane));
console.log(bytes);
