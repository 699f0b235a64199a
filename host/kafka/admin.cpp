#include "host/kafka/admin.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include <fmt/format.h>

#include "host/kafka/admin_call.h"
#include "host/kafka/native_client.h"
#include "host/kafka/producer.h"

namespace host::kafka {
namespace {

struct MetadataDeleter {
  void operator()(const rd_kafka_metadata_t *metadata) const {
    rd_kafka_metadata_destroy(metadata);
  }
};
using Metadata = std::unique_ptr<const rd_kafka_metadata_t, MetadataDeleter>;

template <class T> std::span<T> span_of(T *items, int count) {
  return {items, static_cast<std::size_t>(std::max(count, 0))};
}

bool is_internal(std::string_view topic) {
  return topic == "__consumer_offsets" || topic == "__transaction_state" ||
         topic == "__share_group_state";
}

// These calls of the library wait by themselves: in pieces, so that a stop is seen.
template <class Ask> Status ask_in_pieces(const CallLimit &limit, std::string_view what, Ask ask) {
  constexpr Duration kPiece{500};
  const TimePoint deadline = std::chrono::steady_clock::now() + limit.timeout;
  for (;;) {
    if (limit.stop.stop_requested())
      return fail(Code::Cancelled, fmt::format("{}: stopped", what));
    const Duration left = remaining(deadline);
    if (left == Duration::zero())
      return no_answer(what);
    const rd_kafka_resp_err_t code = ask(to_timeout(std::min(left, kPiece)));
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
      return {};
    if (code != RD_KAFKA_RESP_ERR__TIMED_OUT && code != RD_KAFKA_RESP_ERR__TRANSPORT)
      return fail(error_of(code_of(code), what));
  }
}

// Of one topic, or of all.
Result<Metadata> metadata_of(rd_kafka_t *client, rd_kafka_topic_t *topic, const CallLimit &limit,
                             std::string_view what) {
  const rd_kafka_metadata_t *metadata = nullptr;
  HOST_TRY(ask_in_pieces(limit, what, [&](int timeout_ms) {
    return rd_kafka_metadata(client, topic == nullptr ? 1 : 0, topic, &metadata, timeout_ms);
  }));
  return Metadata(metadata);
}

Result<std::vector<PartitionOffset>> end_offsets_once(rd_kafka_t *client, const std::string &topic,
                                                      std::int32_t partitions,
                                                      const CallLimit &limit) {
  const std::string what = fmt::format("reading the end offsets of topic '{}'", topic);
  const PartitionList list(rd_kafka_topic_partition_list_new(partitions));
  for (std::int32_t partition = 0; partition < partitions; ++partition)
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)->offset =
        RD_KAFKA_OFFSET_SPEC_LATEST;
  AdminCall call(client, RD_KAFKA_ADMIN_OP_LISTOFFSETS, limit);
  rd_kafka_ListOffsets(client, list.get(), call.options(), call.queue());
  HOST_ASSIGN(const Event event, call.wait(what));
  std::size_t count = 0;
  const auto *infos =
      rd_kafka_ListOffsets_result_infos(rd_kafka_event_ListOffsets_result(event.get()), &count);
  std::vector<PartitionOffset> offsets;
  for (const rd_kafka_ListOffsetsResultInfo_t *info : std::span(infos, count)) {
    const auto *entry = rd_kafka_ListOffsetsResultInfo_topic_partition(info);
    if (entry->err != RD_KAFKA_RESP_ERR_NO_ERROR)
      return fail(error_of(code_of(entry->err), what));
    // A request that was lost with its connection gives no error, but no offset either.
    if (entry->offset < 0)
      return fail(error_of(code_of(RD_KAFKA_RESP_ERR__TRANSPORT), what));
    offsets.push_back({{entry->topic, entry->partition}, Offset(entry->offset)});
  }
  if (offsets.size() != static_cast<std::size_t>(partitions))
    return no_answer(what);
  return offsets;
}

} // namespace

tl::unexpected<Error> no_answer(std::string_view what) {
  return fail(error_of(code_of(RD_KAFKA_RESP_ERR__TIMED_OUT), what));
}

void pause(Duration time, const std::stop_token &stop) {
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  stopped.wait_for(lock, stop, time, [] { return false; });
}

Admin::Admin(std::unique_ptr<Own> own) : own_(std::move(own)), client_(own_->client) {}

Admin::Admin(Producer &producer) : client_(producer.handle()) {}

Result<std::unique_ptr<Admin>> Admin::create(const ClientConfig &config) {
  auto own = std::make_unique<Own>();
  own->config = config;
  HOST_ASSIGN(own->client, make_client(RD_KAFKA_PRODUCER, config, &own->opaque));
  return std::unique_ptr<Admin>(new Admin(std::move(own)));
}

Admin::~Admin() {
  if (own_ && !destroy_client(own_->client, 0, std::chrono::steady_clock::now() + kDestroyLimit))
    own_.release(); // the client that was left behind may still call back into it
}

Result<std::string> Admin::cluster_id(const CallLimit &limit) {
  std::string id;
  HOST_TRY(ask_in_pieces(limit, "asking for the cluster id", [&](int timeout_ms) {
    char *text = rd_kafka_clusterid(client_, timeout_ms);
    if (text == nullptr)
      return RD_KAFKA_RESP_ERR__TIMED_OUT;
    id = text;
    rd_kafka_mem_free(client_, text);
    return RD_KAFKA_RESP_ERR_NO_ERROR;
  }));
  return id;
}

Result<std::vector<TopicDescription>> Admin::topics(const CallLimit &limit) {
  HOST_ASSIGN(const Metadata metadata, metadata_of(client_, nullptr, limit, "listing the topics"));
  std::vector<TopicDescription> result;
  for (const auto &topic : span_of(metadata->topics, metadata->topic_cnt))
    if (topic.err == RD_KAFKA_RESP_ERR_NO_ERROR && !is_internal(topic.topic))
      result.push_back({topic.topic, topic.partition_cnt});
  std::ranges::sort(result, {}, &TopicDescription::name);
  return result;
}

Result<std::optional<TopicDescription>> Admin::describe_topic(const std::string &name,
                                                              const CallLimit &limit) {
  const std::string what = fmt::format("describing topic '{}'", name);
  const auto destroy = [](rd_kafka_topic_t *t) { rd_kafka_topic_destroy(t); };
  const std::unique_ptr<rd_kafka_topic_t, decltype(destroy)> handle(
      rd_kafka_topic_new(client_, name.c_str(), nullptr), destroy);
  if (!handle)
    return fail(error_of(code_of(rd_kafka_last_error()), what));
  HOST_ASSIGN(const Metadata metadata, metadata_of(client_, handle.get(), limit, what));
  for (const auto &topic : span_of(metadata->topics, metadata->topic_cnt)) {
    if (topic.err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
      return std::optional<TopicDescription>();
    if (topic.err != RD_KAFKA_RESP_ERR_NO_ERROR)
      return fail(error_of(code_of(topic.err), what));
    return TopicDescription{name, topic.partition_cnt};
  }
  return no_answer(what);
}

Status Admin::create_topic(const NewTopic &topic, const CallLimit &limit) {
  const std::string what = fmt::format("creating topic '{}'", topic.name);
  char text[512];
  const auto destroy = [](rd_kafka_NewTopic_t *t) { rd_kafka_NewTopic_destroy(t); };
  std::unique_ptr<rd_kafka_NewTopic_t, decltype(destroy)> wanted(
      rd_kafka_NewTopic_new(topic.name.c_str(), topic.partitions, topic.replication_factor, text,
                            sizeof text),
      destroy);
  if (!wanted)
    return fail(Code::Config, exception::kConfig, fmt::format("{}: {}", what, text));
  for (const auto &[key, value] : topic.config)
    rd_kafka_NewTopic_set_config(wanted.get(), key.c_str(), value.c_str());
  AdminCall call(client_, RD_KAFKA_ADMIN_OP_CREATETOPICS, limit);
  rd_kafka_NewTopic_t *list[] = {wanted.get()};
  rd_kafka_CreateTopics(client_, list, 1, call.options(), call.queue());
  HOST_ASSIGN(const Event event, call.wait(what));
  std::size_t count = 0;
  const auto *results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.get()), &count);
  for (const rd_kafka_topic_result_t *result : std::span(results, count))
    if (const auto code = rd_kafka_topic_result_error(result); code != RD_KAFKA_RESP_ERR_NO_ERROR) {
      const char *detail = rd_kafka_topic_result_error_string(result);
      return fail(error_of(code_of(code), what, detail != nullptr ? detail : ""));
    }
  return {};
}

Result<StringMap> Admin::topic_config(const std::string &name, const CallLimit &limit) {
  const std::string what = fmt::format("reading the settings of topic '{}'", name);
  const auto destroy = [](rd_kafka_ConfigResource_t *r) { rd_kafka_ConfigResource_destroy(r); };
  std::unique_ptr<rd_kafka_ConfigResource_t, decltype(destroy)> resource(
      rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, name.c_str()), destroy);
  AdminCall call(client_, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, limit);
  rd_kafka_ConfigResource_t *list[] = {resource.get()};
  rd_kafka_DescribeConfigs(client_, list, 1, call.options(), call.queue());
  HOST_ASSIGN(const Event event, call.wait(what));
  std::size_t count = 0;
  const auto *resources = rd_kafka_DescribeConfigs_result_resources(
      rd_kafka_event_DescribeConfigs_result(event.get()), &count);
  StringMap settings;
  for (const rd_kafka_ConfigResource_t *result : std::span(resources, count)) {
    if (const auto code = rd_kafka_ConfigResource_error(result); code != RD_KAFKA_RESP_ERR_NO_ERROR)
      return fail(error_of(code_of(code), what));
    std::size_t entries = 0;
    const auto *configs = rd_kafka_ConfigResource_configs(result, &entries);
    for (const rd_kafka_ConfigEntry_t *entry : std::span(configs, entries))
      if (const char *value = rd_kafka_ConfigEntry_value(entry); value != nullptr)
        settings.set(rd_kafka_ConfigEntry_name(entry), value);
  }
  return settings;
}

Result<std::vector<PartitionOffset>>
Admin::end_offsets(const std::string &topic, std::int32_t partitions, const CallLimit &limit) {
  // librdkafka takes leaders and their epochs from its cache and does not renew it when the broker
  // refuses them: a restarted broker would be asked with the old epoch until the cache runs out.
  bool again = false;
  return until_answered(limit, [&](const CallLimit &rest) -> Result<std::vector<PartitionOffset>> {
    if (std::exchange(again, true))
      HOST_TRY(describe_topic(topic, rest));
    return end_offsets_once(client_, topic, partitions, rest);
  });
}

} // namespace host::kafka
