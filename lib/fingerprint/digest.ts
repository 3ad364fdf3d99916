const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * 20 characters of Crockford's base 32: 100 bits of a 128-bit mix over the text's UTF-16 units (after MurmurHash3's and cyrb128's constants), the
 * same in every runtime. Not a cryptographic hash: who forges a collision groups their own dead letters wrongly, and nothing else.
 */
export function digestOf(text: string): string {
  let a = 1_779_033_703;
  let b = 3_144_134_277;
  let c = 1_013_904_242;
  let d = 2_773_480_762;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    a = b ^ Math.imul(a ^ unit, 597_399_067);
    b = c ^ Math.imul(b ^ unit, 2_869_860_233);
    c = d ^ Math.imul(c ^ unit, 951_274_213);
    d = a ^ Math.imul(d ^ unit, 2_716_044_179);
  }
  a = Math.imul(c ^ (a >>> 18), 597_399_067);
  b = Math.imul(d ^ (b >>> 22), 2_869_860_233);
  c = Math.imul(a ^ (c >>> 17), 951_274_213);
  d = Math.imul(b ^ (d >>> 19), 2_716_044_179);
  return five(a ^ b ^ c ^ d) + five(b ^ a) + five(c ^ a) + five(d ^ a);
}

/** The low 25 bits as five letters. */
function five(word: number): string {
  let letters = '';
  for (let shift = 0; shift < 25; shift += 5) letters += alphabet.charAt((word >>> shift) & 31);
  return letters;
}
