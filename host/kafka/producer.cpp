#include "host/kafka/producer.h"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <type_traits>

#include "host/kafka/native_client.h"

namespace host::kafka {
namespace {

// Deliveries of one poll() on its way to their handler; librdkafka reports them one by one.
class Collector {
public:
  explicit Collector(const Producer::OnDeliveries &handler) : handler_(handler) {}
  static_assert(std::is_trivially_destructible_v<Delivery>);

  void add(const Delivery &delivery) {
    std::construct_at(deliveries() + used_++, delivery);
    if (used_ == Producer::kDeliverySpan)
      hand_out();
  }
  void hand_out() {
    if (used_ == 0)
      return;
    total_ += used_;
    handler_(std::span(deliveries(), used_));
    used_ = 0;
  }
  std::size_t total() const { return total_; }

private:
  Delivery *deliveries() { return reinterpret_cast<Delivery *>(storage_); }

  const Producer::OnDeliveries &handler_;
  std::size_t used_ = 0;
  std::size_t total_ = 0;
  // Raw, because most polls find nothing and need not pay for its initialisation.
  alignas(Delivery) std::byte storage_[Producer::kDeliverySpan * sizeof(Delivery)];
};

// The collector of the poll() that runs on this thread: the library's callback carries only what
// belongs to the client, and several threads may poll one client.
thread_local Collector *t_collector = nullptr;

void on_delivery(rd_kafka_t *, const rd_kafka_message_t *message, void *) {
  if (t_collector != nullptr) // none while the client is being destroyed
    t_collector->add({message->_private, message->offset, message->partition, code_of(message->err),
                      message->len + message->key_len});
}

// Runs `serve`, which may report deliveries, and hands them out.
template <class Serve> std::size_t collect(const Producer::OnDeliveries &handler, Serve serve) {
  Collector collector(handler);
  t_collector = &collector;
  serve();
  t_collector = nullptr;
  collector.hand_out();
  return collector.total();
}

std::size_t varint_size(std::uint64_t value) {
  std::size_t size = 1;
  for (value <<= 1; value >= 0x80; value >>= 7) // zigzag of a positive number
    ++size;
  return size;
}

// The size that Java's producer compares with max.request.size (AbstractRecords,
// estimateSizeInBytesUpperBound): a batch of this one record.
std::size_t request_bytes(const OutRecord &record) {
  constexpr std::size_t kBatchOverhead = 61;
  constexpr std::size_t kRecordOverhead = 21;
  const auto sized = [](const Slice &slice) {
    return slice.is_null() ? 1 : varint_size(slice.size) + slice.size;
  };
  std::size_t size = kBatchOverhead + kRecordOverhead + sized(record.key) + sized(record.value) +
                     varint_size(record.headers.size());
  for (const Header &header : record.headers)
    size += varint_size(header.name.size()) + header.name.size() + sized(header.value);
  return size;
}

// Nothing below this can reach the limit, whatever its varints.
bool is_small(const OutRecord &record, std::int64_t limit) {
  return record.headers.empty() &&
         static_cast<std::int64_t>(record.key.size + record.value.size) + 128 < limit;
}

rd_kafka_headers_t *native_headers(std::span<const Header> headers) {
  rd_kafka_headers_t *list = rd_kafka_headers_new(headers.size());
  for (const Header &header : headers)
    rd_kafka_header_add(list, header.name.data(), static_cast<ssize_t>(header.name.size()),
                        header.value.data, static_cast<ssize_t>(header.value.size));
  return list;
}

ProduceResult result_of(rd_kafka_resp_err_t code) {
  switch (code) {
  case RD_KAFKA_RESP_ERR_NO_ERROR:
    return {};
  case RD_KAFKA_RESP_ERR__QUEUE_FULL:
    return {Produced::QueueFull, code_of(code)};
  case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    return {Produced::TooLarge, code_of(code)};
  case RD_KAFKA_RESP_ERR__FATAL:
    return {Produced::Fatal, code_of(code)};
  default:
    return {Produced::Refused, code_of(code)};
  }
}

// An idempotent producer gets its id with the answer to a metadata request if a broker is up then,
// and else only 500 ms after the last attempt. With a client's first answer the bootstrap broker,
// which gave it, is replaced by one of the cluster; with the second that one is up. That there is
// none shows with the records.
void hasten_id(rd_kafka_t *client, rd_kafka_topic_t *topic) {
  constexpr int kAnswers = 2;
  constexpr int kPatienceMs = 150;
  for (int i = 0; i < kAnswers; ++i) {
    const rd_kafka_metadata_t *metadata = nullptr;
    if (rd_kafka_metadata(client, 0, topic, &metadata, kPatienceMs) == RD_KAFKA_RESP_ERR_NO_ERROR)
      rd_kafka_metadata_destroy(metadata);
  }
}

} // namespace

struct Producer::Core : NativeOpaque {
  rd_kafka_t *client = nullptr;
  Queue main_queue;
  std::int64_t max_request_bytes = 0;
  bool needs_id_soon = false; // an idempotent producer whose first record comes at once
  std::mutex topics_mutex;
  std::map<std::string, rd_kafka_topic_t *, std::less<>> topics;
};

Producer::Producer(std::unique_ptr<Core> core) : core_(std::move(core)) {}

Result<std::unique_ptr<Producer>> Producer::create(const ClientConfig &config) {
  auto core = std::make_unique<Core>();
  HOST_ASSIGN(core->client, make_client(RD_KAFKA_PRODUCER, config, core.get(), [](auto *conf) {
                rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
              }));
  core->main_queue.reset(rd_kafka_queue_get_main(core->client));
  core->max_request_bytes = config.max_request_bytes;
  const std::string *idempotence = config.find("enable.idempotence");
  core->needs_id_soon =
      config.kind == ClientKind::SourceProducer && idempotence != nullptr && *idempotence == "true";
  return std::unique_ptr<Producer>(new Producer(std::move(core)));
}

Producer::~Producer() {
  core_->main_queue.reset();
  rd_kafka_purge(core_->client, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT |
                                    RD_KAFKA_PURGE_F_NON_BLOCKING);
  for (const auto &[name, topic] : core_->topics)
    rd_kafka_topic_destroy(topic);
  if (!destroy_client(core_->client, 0, std::chrono::steady_clock::now() + kDestroyLimit))
    core_.release(); // the client that was left behind may still call back into it
}

Result<Topic> Producer::topic(std::string_view name) {
  std::lock_guard lock(core_->topics_mutex);
  if (const auto known = core_->topics.find(name); known != core_->topics.end())
    return Topic{known->second};
  const std::string text(name);
  rd_kafka_topic_t *topic = rd_kafka_topic_new(core_->client, text.c_str(), nullptr);
  if (topic == nullptr)
    return fail(error_of(code_of(rd_kafka_last_error()), "topic '" + text + "'"));
  if (std::exchange(core_->needs_id_soon, false))
    hasten_id(core_->client, topic);
  core_->topics.emplace(text, topic);
  return Topic{topic};
}

ProduceResult Producer::produce(const OutRecord &record) noexcept {
  if (!is_small(record, core_->max_request_bytes) &&
      static_cast<std::int64_t>(request_bytes(record)) > core_->max_request_bytes)
    return {Produced::TooLarge, code_of(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE)};
  const int flags = record.copy_value ? RD_KAFKA_MSG_F_COPY : 0;
  auto *key = const_cast<std::uint8_t *>(record.key.data);
  auto *value = const_cast<std::uint8_t *>(record.value.data);
  const std::int64_t timestamp = record.timestamp_ms == kNow ? 0 : record.timestamp_ms;
  if (record.headers.empty())
    return result_of(rd_kafka_producev(
        core_->client, RD_KAFKA_V_RKT(record.topic.handle), RD_KAFKA_V_PARTITION(record.partition),
        RD_KAFKA_V_MSGFLAGS(flags), RD_KAFKA_V_VALUE(value, record.value.size),
        RD_KAFKA_V_KEY(key, record.key.size), RD_KAFKA_V_TIMESTAMP(timestamp),
        RD_KAFKA_V_OPAQUE(record.opaque), RD_KAFKA_V_END));
  rd_kafka_headers_t *headers = native_headers(record.headers);
  const rd_kafka_resp_err_t code = rd_kafka_producev(
      core_->client, RD_KAFKA_V_RKT(record.topic.handle), RD_KAFKA_V_PARTITION(record.partition),
      RD_KAFKA_V_MSGFLAGS(flags), RD_KAFKA_V_VALUE(value, record.value.size),
      RD_KAFKA_V_KEY(key, record.key.size), RD_KAFKA_V_TIMESTAMP(timestamp),
      RD_KAFKA_V_OPAQUE(record.opaque), RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_END);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
    rd_kafka_headers_destroy(headers); // still ours when the record was not taken
  return result_of(code);
}

std::size_t Producer::poll(Duration timeout, const OnDeliveries &on_deliveries) {
  return collect(on_deliveries, [&] { rd_kafka_poll(core_->client, to_timeout(timeout)); });
}

void Producer::wake() { rd_kafka_queue_yield(core_->main_queue.get()); }

Status Producer::flush(TimePoint deadline, const OnDeliveries &on_deliveries) {
  rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
  collect(on_deliveries,
          [&] { code = rd_kafka_flush(core_->client, to_timeout(remaining(deadline))); });
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
    return {};
  return fail(Code::Timeout, exception_of(ErrorCode(RD_KAFKA_RESP_ERR__TIMED_OUT)),
              "flushing the producer: " + std::to_string(outstanding()) +
                  " records are not acknowledged yet");
}

void Producer::purge() {
  rd_kafka_purge(core_->client, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
}

std::optional<Error> Producer::fatal_error() const {
  char text[512];
  const rd_kafka_resp_err_t code = rd_kafka_fatal_error(core_->client, text, sizeof text);
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
    return std::nullopt;
  return error_of(code_of(code), "the producer cannot go on", text);
}

std::size_t Producer::outstanding() const {
  return static_cast<std::size_t>(rd_kafka_outq_len(core_->client));
}

std::int64_t Producer::max_request_bytes() const { return core_->max_request_bytes; }

rd_kafka_s *Producer::handle() const { return core_->client; }

} // namespace host::kafka
