/** Serves small pages, and prints the address. */
const PAGE = "x".repeat(1000);

Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  onListen: ({ port }) => console.log(`http://127.0.0.1:${port}/`),
}, () => new Response(PAGE));
