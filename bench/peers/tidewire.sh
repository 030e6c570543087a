#!/bin/bash
# tidewire.sh start PORT: this checkout's hub, in the foreground; tidewire.sh args PORT: sseload's options
# JAVA_HOME_PEER chooses the JDK (default Temurin 25, as for the other JVM peers).
root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
case $1 in
  start)
    export JAVA_HOME=${JAVA_HOME_PEER:-/usr/lib/jvm/temurin-25-jdk-amd64}
    exec "$root/tidewire" serve --port "$2" --host 127.0.0.1 --auth-anonymous-publish ;;
  args)
    printf '%s\n' --addr "127.0.0.1:$2" --sub-path '/events?topic=%t' --pub-path '/events?topic=%t' \
      --pub-header 'Content-Type: text/plain' ;;
esac
