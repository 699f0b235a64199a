// The floor that the record path is measured against: the same file read or written, the same
// librdkafka configuration and delivery reports, and nothing else.
//
//   bare_loop source <bootstrap> <topic> <file>            lines of a file → topic
//   bare_loop sink <bootstrap> <topic> <file> <records>    topic, partition 0 → lines of a file
//
// Prints one JSON object: records, CPU seconds of the whole process, wall seconds.

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <librdkafka/rdkafka.h>

#include "host/base/fd.h"
#include "host/kafka/client_config.h"

namespace {

using host::StringMap;
using host::UniqueFd;
using host::kafka::ClientKind;

constexpr std::size_t kReadBytes = 256 << 10;
constexpr std::size_t kWriteBytes = 64 << 10;
constexpr std::size_t kBatch = 1000;

[[noreturn]] void die(const std::string &what) {
  std::fprintf(stderr, "bare_loop: %s\n", what.c_str());
  std::exit(1);
}

// The very settings that a task's client gets from the host.
rd_kafka_conf_t *configuration(ClientKind kind, const std::string &bootstrap) {
  const StringMap worker{{"bootstrap.servers", bootstrap}};
  const StringMap connector{{"name", "bare"}};
  auto config = host::kafka::client_config({kind, worker, &connector, host::TaskId{"bare", 0}});
  if (!config)
    die(config.error().message());
  rd_kafka_conf_t *conf = rd_kafka_conf_new();
  char text[512];
  for (const auto &[key, value] : config->settings)
    if (rd_kafka_conf_set(conf, key.c_str(), value.c_str(), text, sizeof text) != RD_KAFKA_CONF_OK)
      die(text);
  return conf;
}

struct Client {
  explicit Client(rd_kafka_t *handle) : handle_(handle) {}
  ~Client() { rd_kafka_destroy(handle_); }
  rd_kafka_t *handle_;
};

Client make(rd_kafka_type_t type, rd_kafka_conf_t *conf) {
  char text[512];
  rd_kafka_t *handle = rd_kafka_new(type, conf, text, sizeof text);
  if (handle == nullptr)
    die(text);
  return Client(handle);
}

struct Usage {
  std::chrono::steady_clock::time_point since = std::chrono::steady_clock::now();

  void print(std::uint64_t records) const {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval &t) {
      return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - since;
    std::printf("{\"records\":%llu,\"cpu_s\":%.4f,\"wall_s\":%.4f}\n",
                static_cast<unsigned long long>(records),
                seconds(used.ru_utime) + seconds(used.ru_stime), wall.count());
  }
};

struct Deliveries {
  std::uint64_t ok = 0;
  std::uint64_t failed = 0;
};

void on_delivery(rd_kafka_t *, const rd_kafka_message_t *message, void *opaque) {
  auto *deliveries = static_cast<Deliveries *>(opaque);
  ++(message->err ? deliveries->failed : deliveries->ok);
}

void produce_line(rd_kafka_t *producer, rd_kafka_topic_t *topic, const char *line, std::size_t size,
                  std::int64_t now_ms) {
  for (;;) {
    const auto error = rd_kafka_producev(
        producer, RD_KAFKA_V_RKT(topic), RD_KAFKA_V_PARTITION(RD_KAFKA_PARTITION_UA),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_VALUE(const_cast<char *>(line), size),
        RD_KAFKA_V_TIMESTAMP(now_ms), RD_KAFKA_V_OPAQUE(nullptr), RD_KAFKA_V_END);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR)
      return;
    if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL)
      die(rd_kafka_err2str(error));
    rd_kafka_poll(producer, 100);
  }
}

std::int64_t wall_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

int run_source(const std::string &bootstrap, const char *topic_name, const char *path) {
  const Usage usage;
  Deliveries deliveries;
  rd_kafka_conf_t *conf = configuration(ClientKind::SourceProducer, bootstrap);
  rd_kafka_conf_set_opaque(conf, &deliveries);
  rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
  const Client producer = make(RD_KAFKA_PRODUCER, conf);
  rd_kafka_topic_t *topic = rd_kafka_topic_new(producer.handle_, topic_name, nullptr);

  const UniqueFd file(::open(path, O_RDONLY | O_CLOEXEC));
  if (!file)
    die(std::string(path) + ": " + std::strerror(errno));
  std::vector<char> buffer(2 * kReadBytes);
  std::size_t held = 0;
  std::uint64_t records = 0;
  for (;;) {
    if (held == buffer.size())
      buffer.resize(buffer.size() * 2);
    const ssize_t got =
        ::read(file.get(), buffer.data() + held, std::min(kReadBytes, buffer.size() - held));
    if (got <= 0)
      break;
    held += static_cast<std::size_t>(got);
    const char *line = buffer.data();
    const char *end = buffer.data() + held;
    const std::int64_t now_ms = wall_ms();
    while (const void *newline = std::memchr(line, '\n', static_cast<std::size_t>(end - line))) {
      const char *stop = static_cast<const char *>(newline);
      produce_line(producer.handle_, topic, line, static_cast<std::size_t>(stop - line), now_ms);
      if (++records % kBatch == 0)
        rd_kafka_poll(producer.handle_, 0);
      line = stop + 1;
    }
    held = static_cast<std::size_t>(end - line);
    std::memmove(buffer.data(), line, held);
  }
  rd_kafka_flush(producer.handle_, 60'000);
  rd_kafka_topic_destroy(topic);
  if (deliveries.ok != records)
    die(std::to_string(deliveries.failed) + " of " + std::to_string(records) + " not delivered");
  usage.print(records);
  return 0;
}

void write_all(int fd, const std::vector<char> &data) {
  std::size_t done = 0;
  while (done < data.size()) {
    const ssize_t n = ::write(fd, data.data() + done, data.size() - done);
    if (n < 0)
      die(std::strerror(errno));
    done += static_cast<std::size_t>(n);
  }
}

int run_sink(const std::string &bootstrap, const char *topic_name, const char *path,
             std::uint64_t wanted) {
  const Usage usage;
  const Client consumer =
      make(RD_KAFKA_CONSUMER, configuration(ClientKind::SinkConsumer, bootstrap));
  rd_kafka_poll_set_consumer(consumer.handle_);
  rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(list, topic_name, 0)->offset = RD_KAFKA_OFFSET_BEGINNING;
  rd_kafka_assign(consumer.handle_, list);
  rd_kafka_topic_partition_list_destroy(list);
  rd_kafka_queue_t *queue = rd_kafka_queue_get_consumer(consumer.handle_);

  const UniqueFd file(::open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  std::vector<char> out;
  out.reserve(2 * kWriteBytes);
  std::vector<rd_kafka_message_t *> messages(kBatch);
  std::uint64_t records = 0;
  while (records < wanted) {
    const ssize_t n = rd_kafka_consume_batch_queue(queue, 1000, messages.data(), messages.size());
    for (ssize_t i = 0; i < n; ++i) {
      rd_kafka_message_t *message = messages[static_cast<std::size_t>(i)];
      if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        const char *value = static_cast<const char *>(message->payload);
        if (out.size() + message->len + 1 > kWriteBytes) {
          write_all(file.get(), out);
          out.clear();
        }
        out.insert(out.end(), value, value + message->len);
        out.push_back('\n');
        ++records;
      }
      rd_kafka_message_destroy(message);
    }
  }
  write_all(file.get(), out);
  rd_kafka_queue_destroy(queue);
  rd_kafka_consumer_close(consumer.handle_);
  usage.print(records);
  return 0;
}

} // namespace

int main(int argc, char **argv) {
  const std::string mode = argc > 1 ? argv[1] : "";
  if (mode == "source" && argc == 5)
    return run_source(argv[2], argv[3], argv[4]);
  if (mode == "sink" && argc == 6)
    return run_sink(argv[2], argv[3], argv[4], std::strtoull(argv[5], nullptr, 10));
  std::fprintf(stderr, "usage: bare_loop source <bootstrap> <topic> <file>\n"
                       "       bare_loop sink <bootstrap> <topic> <file> <records>\n");
  return 2;
}
