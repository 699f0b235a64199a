// Ever new schemas: what a task keeps of them, and what batches keep.
#include <atomic>
#include <set>

#include "host/data/schema_pool.h"
#include "tests/runtime/loops/abi_text.h"
#include "tests/runtime/loops/loop_test.h"
#include "tests/runtime/loops/scripted_sink.h"

namespace host::runtime::test {
namespace {

using metrics::TaskSlot;

class EverNewSchemas : public LoopTest {
protected:
  EverNewSchemas() {
    EXPECT_TRUE(cluster_->create_topic("t", 1));
    connector_.set("topics", "t");
    worker_.set("value.converter", "Json");
  }

  static std::vector<std::string> values(std::size_t count) {
    std::vector<std::string> values;
    for (std::size_t i = 0; i < count; ++i)
      values.push_back(R"({"schema":{"type":"string","name":"n)" + std::to_string(i) +
                       R"("},"payload":"text"})");
    return values;
  }
};

TEST_F(EverNewSchemas, OfASinkStayWhileTheirBatchDoes) {
  constexpr std::size_t kRecords = 3 * data::SchemaPool::kMostSchemas;
  write("t", values(kRecords));
  SinkScript script;
  std::atomic<const sluice_sink_batch *> kept{nullptr};
  std::set<std::uint64_t> ids; // the task's thread
  std::atomic<const sluice_schema_api *> schemas{nullptr};
  script.on_put = [&](const sluice_sink_batch &batch) {
    const auto *api = static_cast<const sluice_schema_api *>(
        script.host->get_extension(script.ctx, abi(SLUICE_SCHEMA_API)));
    schemas = api;
    for (std::size_t i = 0; i < batch.n_records; ++i)
      ids.insert(api->id(
          SLUICE_AT(sluice_sink_record, batch.records, batch.record_stride, i)->value.schema));
    if (batch.n_records > 0 && kept.load() == nullptr) {
      script.host->batch_retain(batch.handle);
      kept = &batch;
    }
    return SinkScript::Answer(SLUICE_OK, "");
  };
  auto task = run(script.connector());
  ASSERT_TRUE(script.wait_until([](const auto &seen) { return seen.records.size() == kRecords; }));
  EXPECT_EQ(ids.size(), kRecords); // no id comes again, where addresses may
  const sluice_sink_batch &batch = *kept.load();
  ASSERT_GT(batch.n_records, 0u);
  for (std::size_t i = 0; i < batch.n_records; ++i) {
    const auto &record = *SLUICE_AT(sluice_sink_record, batch.records, batch.record_stride, i);
    ASSERT_EQ(text(schemas.load()->name(record.value.schema)), "n" + std::to_string(record.offset));
  }
  script.host->batch_release(batch.handle);
  stop(*task);
  EXPECT_EQ(count(&TaskSlot::records_out), kRecords);
}

} // namespace
} // namespace host::runtime::test
