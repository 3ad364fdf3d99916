import { describe, expect, it } from 'vitest';
import { parseTrace } from '#lib/stack-trace/parse-trace.ts';

/** Class and own functions of each error, the outermost first. */
const read = (trace: string) =>
  parseTrace(trace).map(({ errorClass, frames }) => [
    errorClass,
    frames.filter((frame) => frame.kind === 'yours').map((frame) => `${frame.function}:${frame.line}`),
  ]);

describe('a trace is read', () => {
  it('of Java, with causes, a suppressed error that has a cause, modules and jars', () => {
    const trace = `a.OuterException: o
	at com.shop.Outer.run(Outer.java:3) ~[shop.jar:1.0]
	Suppressed: a.ClosingException: no
		at com.shop.Closer.close(Closer.java:1)
	Caused by: a.OtherException: q
		at com.shop.Other.x(Other.java:1)
Caused by: a.RootException: r
	at app//com.shop.Root.lambda$x$12(Root.java:88)
	at java.base/java.lang.Thread.run(Thread.java:840)
	... 12 more`;
    expect(read(trace)).toEqual([
      ['a.OuterException', ['com.shop.Outer.run:3']],
      ['a.RootException', ['com.shop.Root.lambda$x$12:88']],
    ]);
  });

  it('of Logback with the root cause first', () => {
    expect(
      read(
        'a.RootException: r\n\tat com.shop.R.x(R.java:1)\nWrapped by: a.OuterException: o\n\tat com.shop.O.x(O.java:2)',
      ),
    ).toEqual([
      ['a.OuterException', ['com.shop.O.x:2']],
      ['a.RootException', ['com.shop.R.x:1']],
    ]);
  });

  it('of Node, with the source line before it, a webpack frame and a cause', () => {
    const trace = `/app/src/x.js:12
    throw new TypeError('a')
          ^

TypeError [ERR_X]: a
    at async charge (file:///app/src/gateway.ts:88:13)
    at Object.<anonymous> (webpack-internal:///(rsc)/./src/x.ts:1:2)
    at new Foo (/app/node_modules/kafkajs/consumer.js:4:1)
    at node:internal/process/task_queues:95:5 {
  [cause]: Error: connect ECONNREFUSED
      at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1555:16) {
    code: 'ECONNREFUSED'
  }
}`;
    expect(read(trace)).toEqual([
      ['TypeError', ['charge:88', 'Object.<anonymous>:1']],
      ['Error', []],
    ]);
  });

  it('of Python, innermost frame first, the cause of a chain at the end', () => {
    const trace = `Traceback (most recent call last):
  File "/app/a.py", line 3, in f
    g()
    ~^^
  File "/usr/lib/python3.11/json/__init__.py", line 3, in loads
    x
KeyError: 'vat'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/app/main.py", line 9, in <module>
    h()
  File "/app/b.py", line 4, in h
    y
shop.errors.OrderError: bad`;
    expect(read(trace)).toEqual([
      ['shop.errors.OrderError', ['h:4', '<module>:9']],
      ['KeyError', ['f:3']],
    ]);
  });

  it('of Go, the goroutine that panicked alone', () => {
    const trace = `panic: runtime error: index out of range [3] with length 3

goroutine 1 [running]:
panic({0x1, 0x2})
	/usr/local/go/src/runtime/panic.go:884 +0x212
main.(*Handler).Process(0xc00001, {0x1, 0x2})
	/app/internal/handler.go:42 +0x1d
created by main.main in goroutine 1
	/app/main.go:9 +0x1

goroutine 7 [select]:
main.other()
	/app/other.go:1 +0x1`;
    expect(read(trace)).toEqual([['panic', ['main.(*Handler).Process:42', 'main.main:9']]]);
  });

  it('of Ruby, old quotes and new, with a cause', () => {
    const trace = `app/models/o.rb:12:in 'Order#pay': no card (Shop::NoCard)
	from app/models/o.rb:33:in \`block in run'
	from /usr/lib/ruby/gems/3.2.0/gems/sidekiq-7/lib/x.rb:1:in 'call'`;
    expect(read(trace)).toEqual([['Shop::NoCard', ['Order#pay:12', 'block in run:33']]]);
  });

  it('of .NET, inner errors innermost', () => {
    const trace = `System.InvalidOperationException: outer
 ---> Npgsql.NpgsqlException (0x80004005): Failed to connect
 ---> System.Net.Sockets.SocketException (111): Connection refused
   at System.Net.Sockets.Socket.Connect(EndPoint e)
   --- End of inner exception stack trace ---
   at Shop.Db.Open() in C:\\src\\Db.cs:line 12
   --- End of inner exception stack trace ---
   at Shop.Handler.Handle(Order o) in /src/Handler.cs:line 42`;
    expect(read(trace)).toEqual([
      ['System.InvalidOperationException', ['Shop.Handler.Handle:42']],
      ['Npgsql.NpgsqlException', ['Shop.Db.Open:12']],
      ['System.Net.Sockets.SocketException', []],
    ]);
  });

  it('of PHP, the first error as the root of the next', () => {
    const trace = `PDOException: refused in /var/www/app/X.php:12
Stack trace:
#0 /var/www/app/Y.php(33): App\\Y->save(Object(App\\Z), 'a')
#1 /var/www/vendor/laravel/z.php(3): App\\Q::run()
#2 {main}

Next Shop\\QueryException: wrapped in /var/www/app/Z.php:7
Stack trace:
#0 {main}`;
    expect(read(trace)).toEqual([
      ['Shop\\QueryException', ['null:7']],
      ['PDOException', ['null:12', 'App\\Y->save:33']],
    ]);
  });

  it('and text that is none is one error without frames', () => {
    expect(parseTrace('it went\nwrong')).toEqual([{ errorClass: null, message: 'it went\nwrong', frames: [] }]);
    expect(parseTrace('')).toEqual([]);
  });
});
