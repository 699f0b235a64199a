#include <limits>
#include <stdexcept>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/base/log.h"
#include "host/plugin/batch.h"
#include "host/plugin/call.h"
#include "host/plugin/connector_object.h"
#include "host/plugin/sink_instance.h"
#include "host/plugin/source_instance.h"
#include "tests/unit/plugin/tables_fixture.h"

namespace host::plugin::test {
namespace {

using ::testing::HasSubstr;

class NoSourceCalls final : public SourceCalls {
public:
  Result<std::uint32_t> intern_partition(std::string_view) override { return 7u; }
  Result<std::vector<std::optional<std::string>>>
  read_offsets(std::span<const std::uint32_t> ids) override {
    std::vector<std::optional<std::string>> result(ids.size());
    if (!result.empty())
      result[0] = R"({"position":1})";
    return result;
  }
  std::int64_t max_record_bytes() override { return 1 << 20; }
  void failed(Error error) override { failure = std::move(error); }

  std::optional<Error> failure;
};

class NoSinkCalls final : public SinkCalls {
public:
  Status pause(std::span<const sluice_tp>) override { return {}; }
  Status resume(std::span<const sluice_tp>) override {
    return fail(Code::Fatal, "may not resume that");
  }
  Status seek(std::span<const sluice_tp>) override { return {}; }
  void request_commit() override { ++commits; }
  void retry_after(std::int64_t ms) override { retry_ms = ms; }
  Status report_record_error(const sluice_sink_batch &, std::size_t, std::string_view) override {
    return {};
  }
  void failed(Error) override {}

  int commits = 0;
  std::int64_t retry_ms = -1;
};

// What the host logs while a test runs.
class Logged {
public:
  Logged() {
    log::set_sink([this](const log::Event &event) {
      text += std::string(event.context) + std::string(event.logger) + ": " +
              std::string(event.message) + "\n";
    });
  }
  ~Logged() { log::set_sink(log::line_sink(2, log::Format::Text)); }
  std::string text;
};

std::unique_ptr<SourceInstance> make_source(const InMemoryPlugin &plugin) {
  auto made =
      SourceInstance::create(plugin.connector(), {"c", 0}, std::make_shared<NoSourceCalls>(),
                             std::make_shared<data::SchemaPool>());
  EXPECT_TRUE(made) << made.error().message();
  return made ? *std::move(made) : nullptr;
}

std::string poll_error(SourceInstance &source) {
  const auto result = source.poll(0);
  return result ? "(fine)" : result.error().message();
}

TEST(Instance, ErrorsOfThePluginKeepTheirKind) {
  InMemoryPlugin plugin;
  auto source = make_source(plugin);
  behaviour().poll = [](auto, sluice_error *error) {
    const sluice_kv details[] = {{str("http.status"), str("503")}};
    behaviour().host->set_error(error, str("the queue is busy"), details, 1);
    return sluice_status{SLUICE_E_RETRY};
  };
  const auto result = source->poll(0);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), Code::Retry);
  EXPECT_EQ(result.error().message(), "the queue is busy [http.status=503]");
  EXPECT_EQ(result.error().exception(), exception::kRetriable);
}

TEST(Instance, UnknownStatusIsFatalAndLogged) {
  InMemoryPlugin plugin;
  auto source = make_source(plugin);
  Logged logged;
  behaviour().poll = [](auto, auto) { return sluice_status{9999}; };
  EXPECT_EQ(poll_error(*source),
            "plugin misbehaving: poll returned status 9999, which does not exist");
  behaviour().poll = [](auto, auto) { return sluice_status{-1}; };
  EXPECT_THAT(poll_error(*source), HasSubstr("status -1"));
  EXPECT_THAT(logged.text, HasSubstr("plugin misbehaving: test.TapeSourceTask: poll returned"));
}

TEST(Instance, OkWithAnErrorIsFatal) {
  InMemoryPlugin plugin;
  auto source = make_source(plugin);
  behaviour().poll = [](auto, sluice_error *error) {
    behaviour().host->set_error(error, str("half done"), nullptr, 0);
    return sluice_status{SLUICE_OK};
  };
  EXPECT_EQ(poll_error(*source), "plugin misbehaving: poll said OK and gave an error: half done");
}

TEST(Instance, ExceptionsStopAtTheBorder) {
  InMemoryPlugin plugin;
  auto source = make_source(plugin);
  behaviour().poll = [](auto, auto) -> sluice_status { throw std::runtime_error("boom"); };
  EXPECT_EQ(poll_error(*source), "plugin misbehaving: an exception came out of poll: boom");
  behaviour().poll = [](auto, auto) -> sluice_status { throw 42; };
  EXPECT_EQ(poll_error(*source),
            "plugin misbehaving: an exception came out of poll: not a std::exception");
}

TEST(Instance, FailedCreateLeavesNothingToDestroy) {
  InMemoryPlugin plugin;
  behaviour().create = [](auto, auto, auto) { return sluice_status{SLUICE_E_CONFIG}; };
  const auto made =
      SourceInstance::create(plugin.connector(), {"c", 0}, std::make_shared<NoSourceCalls>(),
                             std::make_shared<data::SchemaPool>());
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code(), Code::Config);
  EXPECT_EQ(made.error().message(), "create failed with status 3 and gave no message");
  EXPECT_EQ(behaviour().destroyed, 0);
}

TEST(Instance, DamagedBatchesAreGivenBack) {
  static int released;
  released = 0;
  InMemoryPlugin plugin;
  auto source = make_source(plugin);
  static sluice_source_batch batch;
  const auto hand_out = [&](const void *records, std::size_t n, std::size_t stride) {
    batch = {sizeof batch, records, n, stride, [](const sluice_source_batch *) { ++released; },
             nullptr};
    behaviour().poll = [](const sluice_source_batch **out, auto) {
      *out = &batch;
      return sluice_status{SLUICE_OK};
    };
    return poll_error(*source);
  };
  sluice_source_record record{};
  EXPECT_EQ(hand_out(&record, 1, sizeof record), "(fine)");
  EXPECT_EQ(released, 0);
  EXPECT_THAT(hand_out(nullptr, 3, sizeof record), HasSubstr("of 3 records at a null address"));
  EXPECT_THAT(hand_out(&record, 1, 8), HasSubstr("with a record_stride of 8"));
  EXPECT_EQ(released, 2);
  batch.release = nullptr;
  behaviour().poll = [](const sluice_source_batch **out, auto) {
    *out = &batch;
    return sluice_status{SLUICE_OK};
  };
  EXPECT_THAT(poll_error(*source), HasSubstr("without a release function"));
}

TEST(Instance, PreCommitCannotRaiseAnOffset) {
  InMemoryPlugin plugin(SLUICE_KIND_SINK);
  auto sink = SinkInstance::create(plugin.connector(), {"c", 0}, std::make_shared<NoSinkCalls>(),
                                   std::make_shared<data::SchemaPool>());
  ASSERT_TRUE(sink);
  behaviour().pre_commit = [](sluice_tp *tps, std::size_t n, auto) {
    EXPECT_EQ(n, 3u);
    tps[0].offset = 5;
    tps[1].offset = 99;
    tps[1].partition = 77;
    tps[2].offset = -1;
    return sluice_status{SLUICE_OK};
  };
  sluice_tp tps[] = {{str("t"), 0, 0, 10}, {str("t"), 1, 0, 20}, {str("t"), 2, 0, 30}};
  Logged logged;
  ASSERT_TRUE((*sink)->pre_commit(tps));
  EXPECT_EQ(tps[0].offset, 5);
  EXPECT_EQ(tps[1].offset, -1);
  EXPECT_EQ(tps[1].partition, 1);
  EXPECT_EQ(tps[2].offset, -1);
  EXPECT_THAT(logged.text, HasSubstr("pre_commit gave offset 99 for t-1, which is at 20"));
}

TEST(Context, ServicesOfTheRightKindOnly) {
  InMemoryPlugin plugin;
  auto source = make_source(plugin);
  const auto *host = behaviour().host;
  auto *ctx = behaviour().ctx;
  EXPECT_NE(host->get_extension(ctx, str(SLUICE_SOURCE_CONTEXT)), nullptr);
  EXPECT_EQ(host->get_extension(ctx, str(SLUICE_SINK_CONTEXT)), nullptr);
  EXPECT_EQ(host->get_extension(ctx, str("acme.nothing/1")), nullptr);
  EXPECT_EQ(host->request_reconfigure(ctx), SLUICE_E_UNSUPPORTED);
  const auto *services = static_cast<const sluice_source_context *>(
      host->get_extension(ctx, str(SLUICE_SOURCE_CONTEXT)));
  std::uint32_t id = 0;
  EXPECT_EQ(services->intern_partition(ctx, str("{}"), &id, nullptr), SLUICE_OK);
  EXPECT_EQ(id, 7u);
  EXPECT_EQ(services->max_record_bytes(ctx), 1 << 20);
  std::vector<std::string> found;
  const std::uint32_t ids[] = {1, 2};
  EXPECT_EQ(services->read_offsets(
                ctx, ids, 2,
                [](void *into, std::size_t, sluice_str offset) {
                  static_cast<std::vector<std::string> *>(into)->push_back(
                      offset.ptr == nullptr ? "absent" : std::string(offset.ptr, offset.len));
                },
                &found, nullptr),
            SLUICE_OK);
  EXPECT_THAT(found, ::testing::ElementsAre(R"({"position":1})", "absent"));
}

TEST(Context, TaskCallsFromAnotherThreadAreRefused) {
  InMemoryPlugin plugin;
  auto source = make_source(plugin);
  Logged logged;
  const auto *services = static_cast<const sluice_source_context *>(
      behaviour().host->get_extension(behaviour().ctx, str(SLUICE_SOURCE_CONTEXT)));
  sluice_status status = SLUICE_OK;
  std::thread([&] {
    std::uint32_t id = 0;
    status = services->intern_partition(behaviour().ctx, str("{}"), &id, nullptr);
  }).join();
  EXPECT_EQ(status, SLUICE_E_FATAL);
  EXPECT_THAT(logged.text, HasSubstr("called intern_partition on a thread of its own"));
}

TEST(Context, UseAfterDestroyIsToldOffOnce) {
  InMemoryPlugin plugin(SLUICE_KIND_SINK);
  auto calls = std::make_shared<NoSinkCalls>();
  auto sink = SinkInstance::create(plugin.connector(), {"c", 3}, calls,
                                   std::make_shared<data::SchemaPool>());
  const auto *services = static_cast<const sluice_sink_context *>(
      behaviour().host->get_extension(behaviour().ctx, str(SLUICE_SINK_CONTEXT)));
  services->request_commit(behaviour().ctx);
  EXPECT_EQ(calls->commits, 1);
  *sink = nullptr;
  EXPECT_EQ(behaviour().destroyed, 1);
  EXPECT_EQ(calls.use_count(), 1);
  Logged logged;
  services->request_commit(behaviour().ctx);
  services->retry_after(behaviour().ctx, 5);
  behaviour().host->fail(behaviour().ctx, SLUICE_E_FATAL, str("late"));
  EXPECT_EQ(calls->commits, 1);
  EXPECT_EQ(calls->retry_ms, -1);
  EXPECT_EQ(logged.text, "sluice.plugin: plugin misbehaving: test.TapeSourceTask: [c|task-3] used "
                         "its context (request_commit) after destroy\n");
  EXPECT_EQ(behaviour().host->is_cancelled(behaviour().ctx), 1);
}

TEST(Context, LogsUnderTheTaskClassWithTaskAndFields) {
  InMemoryPlugin plugin;
  auto source = make_source(plugin);
  Logged logged;
  const sluice_kv fields[] = {{str("file"), str("a.txt")}};
  sluice_log_record record = {};
  record.struct_size = sizeof record;
  record.level = SLUICE_LOG_INFO;
  record.message = str("opened");
  record.fields = fields;
  record.n_fields = 1;
  behaviour().host->log(behaviour().ctx, &record);
  record.level = SLUICE_LOG_DEBUG;
  behaviour().host->log(behaviour().ctx, &record);
  EXPECT_EQ(logged.text, "[c|task-0] test.TapeSourceTask: opened file=a.txt\n");
  EXPECT_EQ(behaviour().host->log_enabled(behaviour().ctx, SLUICE_LOG_DEBUG), 0);
  EXPECT_EQ(behaviour().host->log_enabled(behaviour().ctx, 99), 1);
}

TEST(Context, Metrics) {
  InMemoryPlugin plugin;
  auto source = make_source(plugin);
  const auto *host = behaviour().host;
  auto *ctx = behaviour().ctx;
  sluice_metric_def def = {};
  def.struct_size = sizeof def;
  def.kind = SLUICE_METRIC_HISTOGRAM;
  def.name = str("wait_seconds");
  std::uint32_t id = 99;
  ASSERT_EQ(host->metric_define(ctx, &def, &id), SLUICE_OK);
  host->metric_update(ctx, id, 0.002);
  host->metric_update(ctx, id, 1000);
  host->metric_update(ctx, 55, 1); // no such metric: ignored
  ASSERT_NE(ctx->metric(id), nullptr);
  EXPECT_EQ(ctx->metric(id)->buckets[1].load(), 1u);
  EXPECT_EQ(ctx->metric(id)->buckets[ctx->metric(id)->bounds.size()].load(), 1u);
  def.name = str("Bad-Name");
  EXPECT_EQ(host->metric_define(ctx, &def, &id), SLUICE_E_FATAL);
  EXPECT_EQ(ctx->metric_count(), 1u);
}

TEST(Context, SchemasAreBuiltOnceAndRead) {
  InMemoryPlugin plugin;
  auto source = make_source(plugin);
  const auto extension = [](const char *id) {
    return behaviour().host->get_extension(behaviour().ctx, str(id));
  };
  const auto *api = static_cast<const sluice_schema_api *>(extension(SLUICE_SCHEMA_API));
  const auto *builder =
      static_cast<const sluice_schema_builder_api *>(extension(SLUICE_SCHEMA_BUILDER_API));
  const sluice_schema *text = builder->primitive(behaviour().ctx, SLUICE_STRING, 0);
  ASSERT_NE(text, nullptr);
  EXPECT_EQ(text, builder->primitive(behaviour().ctx, SLUICE_STRING, 0));
  EXPECT_EQ(builder->primitive(behaviour().ctx, SLUICE_STRUCT, 0), nullptr);
  const sluice_field fields[] = {{str("line"), text}};
  sluice_schema_def def = {};
  def.struct_size = sizeof def;
  def.type = SLUICE_STRUCT;
  def.name = str("acme.Line");
  def.has_version = 1;
  def.version = 4;
  def.fields = fields;
  def.n_fields = 1;
  const sluice_schema *line = nullptr;
  ASSERT_EQ(builder->build(behaviour().ctx, &def, &line, nullptr), SLUICE_OK);
  const sluice_schema *again = nullptr;
  ASSERT_EQ(builder->build(behaviour().ctx, &def, &again, nullptr), SLUICE_OK);
  EXPECT_EQ(line, again);
  EXPECT_EQ(api->type(line), SLUICE_STRUCT);
  EXPECT_EQ(std::string(api->name(line).ptr, api->name(line).len), "acme.Line");
  EXPECT_EQ(api->doc(line).ptr, nullptr);
  std::int32_t version = 0;
  EXPECT_EQ(api->version(line, &version), 1);
  EXPECT_EQ(version, 4);
  const sluice_field *first = nullptr;
  ASSERT_EQ(api->fields(line, &first), 1u);
  EXPECT_EQ(first[0].schema, text);
  EXPECT_EQ(api->default_value(line), nullptr);
}

TEST(Context, WrongSchemasAreRefused) {
  InMemoryPlugin plugin;
  auto source = make_source(plugin);
  const auto *builder = static_cast<const sluice_schema_builder_api *>(
      behaviour().host->get_extension(behaviour().ctx, str(SLUICE_SCHEMA_BUILDER_API)));
  const sluice_schema *out = nullptr;
  sluice_error error;
  sluice_schema_def def = {};
  def.struct_size = sizeof def;
  def.type = 99;
  EXPECT_EQ(builder->build(behaviour().ctx, &def, &out, &error), SLUICE_E_DATA);
  EXPECT_EQ(error.message, "Unknown schema type: 99");
  def.type = SLUICE_STRUCT;
  def.n_fields = 3;
  EXPECT_EQ(builder->build(behaviour().ctx, &def, &out, &error), SLUICE_E_DATA);
  EXPECT_EQ(error.message, "a schema definition counts what it does not have");
  EXPECT_EQ(builder->build(behaviour().ctx, nullptr, &out, &error), SLUICE_E_DATA);
  EXPECT_EQ(out, nullptr);
}

struct CountedBatch final : sluice_batch {
  int gone = 0;
  void unreferenced() override { ++gone; }
};

TEST(Batch, HostAndPluginReferencesAreCountedApart) {
  const auto &host = host_table();
  CountedBatch batch;
  batch.acquire_host();
  host.batch_retain(&batch);
  host.batch_release(&batch);
  Logged logged;
  host.batch_release(&batch);
  EXPECT_THAT(logged.text, HasSubstr("released a batch more often than it retained it"));
  EXPECT_EQ(batch.gone, 0);
  host.batch_retain(&batch);
  batch.release_host();
  EXPECT_EQ(batch.gone, 0);
  EXPECT_EQ(batch.plugin_references(), 1u);
  host.batch_release(&batch);
  EXPECT_EQ(batch.gone, 1);
}

TEST(ConnectorObject, RunsAndReports) {
  InMemoryPlugin plugin;
  int reconfigured = 0;
  std::string failure;
  auto object = ConnectorObject::create(
      plugin.connector(), "c",
      {[&] { ++reconfigured; }, [&](Error error) { failure = error.message(); }});
  ASSERT_TRUE(object);
  ASSERT_TRUE((*object)->start({{"name", "c"}}));
  const auto configs = (*object)->task_configs(3);
  ASSERT_TRUE(configs);
  EXPECT_EQ(configs->size(), 3u);
  EXPECT_EQ(configs->at(0), (StringMap{{"k", "v"}}));
  EXPECT_EQ(behaviour().host->request_reconfigure(behaviour().ctx), SLUICE_OK);
  EXPECT_EQ(reconfigured, 1);
  behaviour().host->fail(behaviour().ctx, SLUICE_E_FATAL, str("lost the database"));
  EXPECT_EQ(failure, "lost the database");
  EXPECT_TRUE((*object)->stop());
  *object = nullptr;
  EXPECT_EQ(behaviour().destroyed, 1);
}

TEST(Connector, ValidateCollectsWhatThePluginSays) {
  InMemoryPlugin plugin;
  behaviour().validate = [](const sluice_kv *config, std::size_t n, sluice_report *report,
                            const sluice_report_api *api, auto) {
    EXPECT_EQ(n, 1u);
    EXPECT_EQ(std::string(config[0].value.ptr, config[0].value.len), "x");
    api->error(report, str("file"), str("is a directory"));
    api->error(report, str("file"), str("is on a full disk"));
    const sluice_str values[] = {str("a"), str("b")};
    api->recommend(report, str("mode"), values, 2);
    api->visible(report, str("mode"), 0);
    return sluice_status{SLUICE_OK};
  };
  const auto reports = plugin.connector()->validate({{"file", "x"}});
  ASSERT_TRUE(reports);
  ASSERT_EQ(reports->size(), 2u);
  EXPECT_THAT(reports->at(0).errors, ::testing::ElementsAre("is a directory", "is on a full disk"));
  EXPECT_TRUE(reports->at(0).visible);
  EXPECT_THAT(reports->at(1).recommended, ::testing::ElementsAre("a", "b"));
  EXPECT_FALSE(reports->at(1).visible);
}

} // namespace
} // namespace host::plugin::test
