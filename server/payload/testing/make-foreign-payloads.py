"""Makes foreign-payloads.json: payloads as other people's libraries write them, on a running schema registry.

    pip install "confluent-kafka[avro,protobuf,json]" msgpack zstandard brotli grpcio-tools
    python3 make-foreign-payloads.py REGISTRY_URL > foreign-payloads.json

Everything is hex. `schemas` are what the serializers have registered; the tests register them again, and put that id in the place of
the one in the bytes.
"""
import gzip, importlib, io, json, os, struct, subprocess, sys, tempfile, zlib
from decimal import Decimal

import brotli, msgpack, zstandard
from confluent_kafka.schema_registry import Schema, SchemaReference, SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroSerializer
from confluent_kafka.schema_registry.json_schema import JSONSerializer
from confluent_kafka.schema_registry.protobuf import ProtobufSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

url = sys.argv[1]
registry = SchemaRegistryClient({"url": url})
cases = {}


def keep(name, data, **more):
    cases[name] = {"hex": data.hex(), **more}


def registered(subject):
    found = registry.get_latest_version(subject)
    return {
        "type": found.schema.schema_type or "AVRO",
        "text": found.schema.schema_str,
        "references": [[r.name, r.subject, r.version] for r in (found.schema.references or [])],
    }


order = {
    "type": "record", "name": "Order", "namespace": "com.shop",
    "fields": [
        {"name": "id", "type": "long"},
        {"name": "customer", "type": ["null", "string"], "default": None},
        {"name": "total", "type": {"type": "bytes", "logicalType": "decimal", "precision": 20, "scale": 2}},
        {"name": "state", "type": {"type": "enum", "name": "State", "symbols": ["NEW", "PAID"]}},
        {"name": "lines", "type": {"type": "array", "items": {"type": "record", "name": "Line", "fields": [
            {"name": "sku", "type": "string"}, {"name": "count", "type": "int"}]}}},
        {"name": "tags", "type": {"type": "map", "values": "long"}},
        {"name": "signature", "type": "bytes"},
    ],
}
value = {"id": 9223372036854775807, "customer": "Ada \u2615", "total": Decimal("-12345678901234567.89"), "state": "PAID",
         "lines": [{"sku": "a-1", "count": -3}], "tags": {"big": -9007199254740993}, "signature": bytes([0, 255, 16])}
avro = AvroSerializer(registry, json.dumps(order))
keep("avro", avro(value, SerializationContext("orders", MessageField.VALUE)), schema=registered("orders-value"))
key = AvroSerializer(registry, '"long"')
keep("avro key", key(9007199254740993, SerializationContext("orders", MessageField.KEY)), schema=registered("orders-key"))

schema = json.dumps({"$schema": "http://json-schema.org/draft-07/schema#", "title": "Order", "type": "object",
                     "properties": {"id": {"type": "integer"}}})
js = JSONSerializer(schema, registry)
keep("json schema", js({"id": 9007199254740993}, SerializationContext("json-orders", MessageField.VALUE)), schema=registered("json-orders-value"))

proto = '''syntax = "proto3";
package shop.v1;
import "google/protobuf/timestamp.proto";
import "money.proto";
message Ignored { string note = 1; }
message Order {
  int64 id = 1;
  uint64 serial = 2;
  google.protobuf.Timestamp placed_at = 3;
  shop.common.Money total = 4;
  repeated Line lines = 5;
  bytes signature = 6;
  State state = 7;
  message Line { string sku = 1; sint32 count = 2; }
  enum State { NEW = 0; PAID = 1; }
}
'''
money = 'syntax = "proto3";\npackage shop.common;\nmessage Money { string currency = 1; fixed64 cents = 2; }\n'
with tempfile.TemporaryDirectory() as folder:
    for name, text in (("order.proto", proto), ("money.proto", money)):
        with open(os.path.join(folder, name), "w") as file:
            file.write(text)
    subprocess.run([sys.executable, "-m", "grpc_tools.protoc", f"-I{folder}", f"--python_out={folder}", "order.proto", "money.proto"], check=True)
    sys.path.insert(0, folder)
    pb = importlib.import_module("order_pb2")
    money_pb = importlib.import_module("money_pb2")
    order_pb = pb.Order(id=-9007199254740993, serial=18446744073709551615, signature=b"\x00\xff", state=1)
    order_pb.placed_at.FromJsonString("2026-11-22T03:41:00.123Z")
    order_pb.total.CopyFrom(money_pb.Money(currency="EUR", cents=9007199254740995))
    order_pb.lines.add(sku="a-1", count=-3)
    # Registered as text, which is what people write: the serializer itself would register descriptors in base64.
    registry.register_schema("money.proto", Schema(money, "PROTOBUF"))
    registry.register_schema("proto-orders-value", Schema(proto, "PROTOBUF", [SchemaReference("money.proto", "money.proto", 1)]))
    frame = struct.pack(">bI", 0, 1)
    # The encoder of the serializer writes the path to the message after the id: [1] is Order, [1, 0] is Order.Line.
    def indexes(path):
        out = io.BytesIO()
        ProtobufSerializer._encode_varints(out, path, zigzag=True)
        return out.getvalue()
    keep("protobuf", frame + indexes([1]) + order_pb.SerializeToString(), schema=registered("proto-orders-value"), refers=registered("money.proto"))
    keep("protobuf nested", frame + indexes([1, 0]) + order_pb.lines[0].SerializeToString())

document = json.dumps({"id": 9007199254740993, "note": "caf\u00e9"}, ensure_ascii=False).encode()
keep("gzip", gzip.compress(document, mtime=0))
keep("deflate", zlib.compress(document))
raw = zlib.compressobj(wbits=-15)
keep("deflate raw", raw.compress(document) + raw.flush())
keep("zstd", zstandard.compress(document))
keep("brotli", brotli.compress(document))
keep("msgpack", msgpack.packb({"id": 18446744073709551615, "neg": -9223372036854775808, "ext": msgpack.ExtType(7, b"\x01\x02"),
                               "at": msgpack.Timestamp(1763783160, 123456789), "bin": b"\x00\xff", "list": [1.5, None, True]}))
print(json.dumps(cases, indent=1))
