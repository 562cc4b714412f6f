/** The driver's GraphBinary parts, which its package exports but its types leave out. */
declare module 'gremlin/lib/structure/io/binary/GraphBinary' {
  const parts: unknown;
  export default parts;
}
