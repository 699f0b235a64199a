#include "host/storage/open_offset_store.h"

#include <string_view>

#include "host/storage/file_offset_store.h"
#include "host/storage/kafka_offset_store.h"
#include "host/storage/store_topics.h"

namespace host::storage {
namespace {

constexpr std::string_view kFileKey = "offset.storage.file.filename";

} // namespace

Result<std::unique_ptr<OffsetStore>> open_offset_store(const StringMap &worker) {
  const bool in_file = !worker.get(kFileKey).empty();
  const bool in_topic = !worker.get(topic_key(StoreKind::Offsets)).empty();
  if (in_file && in_topic)
    return fail(Code::Config, exception::kConfig,
                "offset.storage.file.filename and offset.storage.topic are both set; set exactly "
                "one of them, to say where source offsets are kept");
  if (in_topic) {
    HOST_ASSIGN(auto settings, topic_log_settings(StoreKind::Offsets, worker));
    return std::make_unique<KafkaOffsetStore>(std::move(settings));
  }
  if (in_file)
    return std::make_unique<FileOffsetStore>(worker.get(kFileKey));
  return fail(Code::Config, exception::kConfig,
              "Missing required configuration \"offset.storage.file.filename\" which has no "
              "default value; offset.storage.topic, which keeps source offsets in Kafka, may be "
              "set in its place");
}

} // namespace host::storage
