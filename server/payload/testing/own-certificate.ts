import { generateKeyPairSync, sign } from 'node:crypto';

/** A certificate of 127.0.0.1 that no authority has signed but itself, made anew for each run: no key stands in the repository. */
export function ownCertificate(): { readonly cert: string; readonly key: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = sequence(set(sequence(commonName, der(0x0c, Buffer.from('registry')))));
  const tbs = sequence(
    der(0xa0, integer(2)),
    integer(1),
    ecdsaWithSha256,
    name,
    sequence(utcTime('200101000000Z'), utcTime('491231235959Z')),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(
      0xa3,
      sequence(extension(basicConstraints, sequence(der(0x01, Buffer.of(0xff)))), extension(altName, loopback)),
    ),
  );
  const signature = sign('sha256', tbs, privateKey);
  const certificate = sequence(tbs, ecdsaWithSha256, der(0x03, Buffer.of(0), signature));
  const lines = certificate.toString('base64').replaceAll(/.{64}/g, '$&\n');
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** Tag, length, content. */
function der(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  const length = body.length < 0x80 ? [body.length] : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...length), body]);
}

const sequence = (...content: readonly Uint8Array[]) => der(0x30, ...content);
const set = (...content: readonly Uint8Array[]) => der(0x31, ...content);
const integer = (value: number) => der(0x02, Buffer.of(value));
const utcTime = (time: string) => der(0x17, Buffer.from(time));
const identifier = (hex: string) => der(0x06, Buffer.from(hex, 'hex'));
const extension = (id: Buffer, value: Buffer) => sequence(id, der(0x04, value));

/** 1.2.840.10045.4.3.2, 2.5.4.3, 2.5.29.19 and 2.5.29.17. */
const ecdsaWithSha256 = sequence(identifier('2a8648ce3d040302'));
const commonName = identifier('550403');
const basicConstraints = identifier('551d13');
const altName = identifier('551d11');
const loopback = sequence(der(0x87, Buffer.of(127, 0, 0, 1)));
