/**
 * Whose code a frame is of. Runtimes, frameworks and client libraries are known by their names and by where package managers put them; everything
 * else is taken for the user's own. Each pattern starts at a boundary and repeats nothing without bound, so that hostile text costs linear time.
 */
const libraryFunctions = new RegExp(
  [
    // Java, Kotlin, Scala
    'java|javax|jakarta|jdk|sun|kotlin|kotlinx|scala|clojure|groovy|akka|reactor|rx|okhttp3|okio|retrofit2|feign|redis\\.clients|javassist|lombok|oracle|liquibase|software\\.amazon',
    'org\\.(?:springframework|apache|hibernate|junit|postgresql|mariadb|jetbrains|slf4j|aspectj|jboss|glassfish|eclipse|elasticsearch|codehaus|jooq|mybatis|quartz|flywaydb|reactivestreams|redisson|bson|xerial|yaml)',
    'com\\.(?:sun|fasterxml|zaxxer|rabbitmq|amazonaws|google|mongodb|mysql|oracle|microsoft|datastax|netflix|github|squareup|hazelcast|ibm|querydsl|jayway|solacesystems)',
    'io\\.(?:netty|micrometer|grpc|lettuce|quarkus|smallrye|vertx|confluent|opentelemetry|github|debezium|r2dbc|projectreactor|awspring|ktor|micronaut|reactivex|jsonwebtoken)|ch\\.qos|co\\.elastic|net\\.bytebuddy|net\\.sf|net\\.logstash',
    // .NET
    'System|Microsoft|MassTransit|NServiceBus|Npgsql|Newtonsoft|RabbitMQ|MySql|MySqlConnector|Confluent|Amazon|Azure|Dapper|Polly|MediatR|AutoMapper|FluentValidation|Hangfire|Rebus|StackExchange|Grpc|Castle|Autofac|Serilog|Quartz|Refit|RestSharp|MongoDB|Elasticsearch',
    // PHP
    'Illuminate|Symfony\\\\Component|Doctrine|GuzzleHttp|Monolog|PhpAmqpLib|Laravel|Predis|Aws',
  ]
    .map((names) => `^(?:${names})(?:[.\\\\])`)
    .join('|'),
);
const libraryFiles =
  /node_modules[\\/]|^node:|^internal\/|webpack\/(?:bootstrap|runtime)|[\\/]\.(?:pnpm|yarn)[\\/]|(?:kafkajs|amqplib)\/|(?:site|dist)-packages[\\/]|[\\/]lib[\\/]python\d|^<(?:frozen|string|internal|anonymous)|[\\/]go[\\/](?:src|pkg[\\/]mod)[\\/]|^\/usr\/(?:local|lib)\/go|[\\/]vendor[\\/]|[\\/]gems[\\/]|[\\/]lib[\\/]ruby[\\/]|^\[internal function\]$|^(?:native|<generated>|Native Method)$/;
const generated = /\$\$(?:Lambda|SpringCGLIB|EnhancerBy|FastClassBy)|\$Proxy\d|HibernateProxy/;

export function ownerOf(functionName: string | null, file: string | null): 'yours' | 'library' {
  if (file !== null && libraryFiles.test(file)) return 'library';
  if (functionName === null) return 'yours';
  return libraryFunctions.test(functionName) || generated.test(functionName) ? 'library' : 'yours';
}
