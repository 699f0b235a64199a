#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/log.h"
#include "host/plugin/batch.h"
#include "host/plugin/connector.h"
#include "host/plugin/library.h"
#include "host/plugin/sink_instance.h"
#include "host/plugin/source_instance.h"

// Every plugin of malformed.txt against the host's loader and its border.
namespace host::plugin {
namespace {

struct Case {
  std::string name;
  std::string stage;
  std::string expected;
};

void PrintTo(const Case &c, std::ostream *out) { *out << c.name; }

std::string trimmed(std::string text) {
  const auto first = text.find_first_not_of(' ');
  return first == text.npos ? "" : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

std::vector<Case> cases() {
  std::vector<Case> out;
  std::ifstream table(MALFORMED_TABLE);
  for (std::string line; std::getline(table, line);) {
    const auto first = line.find('|');
    if (line.empty() || line[0] == '#' || first == line.npos)
      continue;
    const auto second = line.find('|', first + 1);
    out.push_back({trimmed(line.substr(0, first)),
                   trimmed(line.substr(first + 1, second - first - 1)),
                   trimmed(line.substr(second + 1))});
  }
  return out;
}

class NoSourceCalls final : public SourceCalls {
public:
  Result<std::uint32_t> intern_partition(std::string_view) override { return 1U; }
  Result<std::vector<std::optional<std::string>>>
  read_offsets(std::span<const std::uint32_t> ids) override {
    return std::vector<std::optional<std::string>>(ids.size());
  }
  std::int64_t max_record_bytes() override { return 1 << 20; }
  void failed(Error) override {}
};

class NoSinkCalls final : public SinkCalls {
public:
  Status pause(std::span<const sluice_tp>) override { return {}; }
  Status resume(std::span<const sluice_tp>) override { return {}; }
  Status seek(std::span<const sluice_tp>) override { return {}; }
  void request_commit() override {}
  void retry_after(std::int64_t) override {}
  Status report_record_error(const sluice_sink_batch &, std::size_t, std::string_view) override {
    return {};
  }
  void failed(Error) override {}
};

class Batch final : public sluice_batch {
  void unreferenced() override {}
};

// What the host logs while a test runs; plugin threads log too.
class Logged {
public:
  Logged() {
    log::set_sink([this](const log::Event &event) {
      const std::scoped_lock lock(mutex_);
      text_ += std::string(event.message) + "\n";
      came_.notify_all();
    });
  }
  ~Logged() { log::set_sink(log::line_sink(2, log::Format::Text)); }

  // Waits for it, because a thread of the plugin may log.
  bool has(const std::string &part) {
    std::unique_lock lock(mutex_);
    return came_.wait_for(lock, std::chrono::seconds(20),
                          [&] { return text_.find(part) != text_.npos; });
  }

private:
  std::mutex mutex_;
  std::condition_variable came_;
  std::string text_;
};

// Where a plugin failed, and with what.
struct Outcome {
  std::string stage = "works";
  std::string message;
};

Outcome failed_in(std::string stage, const Error &error) {
  return {std::move(stage), error.message()};
}

Outcome run_source(const std::shared_ptr<const Connector> &connector) {
  auto made = SourceInstance::create(connector, {"c", 0}, std::make_shared<NoSourceCalls>(),
                                     std::make_shared<data::SchemaPool>());
  if (!made)
    return failed_in("create", made.error());
  SourceInstance &task = **made;
  if (const auto started = task.start({}); !started)
    return failed_in("start", started.error());
  const auto batch = task.poll(0);
  if (!batch)
    return failed_in("poll", batch.error());
  if (batch->handle != nullptr)
    task.release(*batch);
  if (const auto stopped = task.stop(); !stopped)
    return failed_in("stop", stopped.error());
  return {};
}

Outcome run_sink(const std::shared_ptr<const Connector> &connector) {
  auto made = SinkInstance::create(connector, {"c", 0}, std::make_shared<NoSinkCalls>(),
                                   std::make_shared<data::SchemaPool>());
  if (!made)
    return failed_in("create", made.error());
  SinkInstance &task = **made;
  if (const auto started = task.start({}); !started)
    return failed_in("start", started.error());
  Batch references;
  references.acquire_host();
  sluice_sink_batch batch{};
  batch.struct_size = sizeof batch;
  batch.handle = &references;
  if (const auto put = task.put(batch); !put)
    return failed_in("put", put.error());
  references.release_host();
  sluice_tp offset{{"t", 1}, 0, 0, 5};
  if (const auto safe = task.pre_commit({&offset, 1}); !safe)
    return failed_in("pre_commit", safe.error());
  if (const auto stopped = task.stop(); !stopped)
    return failed_in("stop", stopped.error());
  return {};
}

Outcome run(const std::string &name) {
  const auto library = Library::load(MALFORMED_DIR "/" + name + ".so");
  if (!library)
    return failed_in("load", library.error());
  for (const auto &connector : (*library)->connectors()) {
    const bool is_sink = connector->descriptor().kind == Kind::Sink;
    if (const Outcome outcome = is_sink ? run_sink(connector) : run_source(connector);
        outcome.stage != "works")
      return outcome;
  }
  return {};
}

class Malformed : public ::testing::TestWithParam<Case> {};

TEST_P(Malformed, IsRefusedWithAMessage) {
  const Case &expected = GetParam();
  Logged logged;
  const Outcome outcome = run(expected.name);
  if (expected.stage == "logged") {
    EXPECT_EQ(outcome.stage, "works") << outcome.message;
    EXPECT_TRUE(logged.has(expected.expected)) << expected.expected;
    return;
  }
  EXPECT_EQ(outcome.stage, expected.stage) << outcome.message;
  EXPECT_THAT(outcome.message, ::testing::HasSubstr(expected.expected));
}

INSTANTIATE_TEST_SUITE_P(Plugins, Malformed, ::testing::ValuesIn(cases()), [](const auto &info) {
  std::string name = info.param.name;
  for (char &c : name)
    c = c == '-' ? '_' : c;
  return name;
});

TEST(MalformedTable, IsLongEnough) { EXPECT_GE(cases().size(), 20U); }

} // namespace
} // namespace host::plugin
