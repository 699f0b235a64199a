// Both loops, whole: once warm, a record costs no allocation on any thread of ours, from a source's
// poll to the delivery report and from the fetch to a sink's put. librdkafka is C and not counted.
#include <string>
#include <vector>

#include "tests/runtime/loops/loop_test.h"
#include "tests/runtime/warm/counting_sink.h"
#include "tests/runtime/warm/endless_source.h"

namespace host::runtime::test {
namespace {

// Of the records that a sink reads; a partition of the mock cluster keeps 5 MiB of them.
constexpr std::uint64_t kWarm = 5'000;
constexpr std::uint64_t kEnd = 15'000;
// What is pooled may grow by a piece when more is under way than ever before.
constexpr std::size_t kGrowth = 4;

struct Path {
  const char *name;
  const char *converter;
  bool schemas = false;
  // Of the source's records, and the record that the sink reads.
  Content content = Content::Text;
  std::string value = "a line of a topic that is not a small string, number 17";
  bool chain = false;
};

std::string with_envelope(const std::string &payload) {
  return R"({"schema":{"type":"struct","name":"line","optional":false,"fields":[)"
         R"({"type":"int64","optional":false,"field":"id"},)"
         R"({"type":"string","optional":true,"field":"text"}]},"payload":)" +
         payload + "}";
}

const std::string kJson = R"({"id":4711,"text":"a text that is not a small string, number 17"})";

const std::vector<Path> kPaths = {
    {"Bytes", "org.apache.kafka.connect.converters.ByteArrayConverter"},
    {"String", "org.apache.kafka.connect.storage.StringConverter"},
    {"JsonText", "org.apache.kafka.connect.json.JsonConverter", false, Content::Text, "\"a text\""},
    {"JsonMap", "org.apache.kafka.connect.json.JsonConverter", false, Content::Map, kJson},
    {"JsonStruct", "org.apache.kafka.connect.json.JsonConverter", true, Content::Struct,
     with_envelope(kJson)},
    {"JsonMapAndAChain", "org.apache.kafka.connect.json.JsonConverter", false, Content::Map, kJson,
     true},
};

class WarmLoops : public LoopTest, public ::testing::WithParamInterface<Path> {
protected:
  WarmLoops() {
    EXPECT_TRUE(cluster_->create_topic("t", 1));
    const Path &path = GetParam();
    worker_.set("key.converter", path.converter);
    worker_.set("value.converter", path.converter);
    worker_.set("value.converter.schemas.enable", path.schemas ? "true" : "false");
    // A commit is work of its interval and not of a record.
    worker_.set("offset.flush.interval.ms", "600000");
    connector_.set("topics", "t");
    if (path.chain)
      add_chain();
  }

private:
  void add_chain() {
    connector_.set("transforms", "a,b,c");
    connector_.set("transforms.a.type", "org.apache.kafka.connect.transforms.InsertField$Value");
    connector_.set("transforms.a.topic.field", "topic");
    connector_.set("transforms.b.type", "org.apache.kafka.connect.transforms.ReplaceField$Value");
    connector_.set("transforms.b.renames", "text:line");
    connector_.set("transforms.c.type", "org.apache.kafka.connect.transforms.HoistField$Value");
    connector_.set("transforms.c.field", "record");
  }
};

TEST_P(WarmLoops, OfASourceAllocateNothing) {
  Window window(4 * kWarm, 4 * kEnd);
  // While answers are slow, as much gets under way as ever can.
  ASSERT_TRUE(cluster_->set_round_trip(Duration(50)));
  auto task = run(endless_source(GetParam().content, window));
  EXPECT_TRUE(window.wait_open()) << host_.last_trace();
  ASSERT_TRUE(cluster_->set_round_trip(Duration(0)));
  EXPECT_TRUE(window.wait()) << host_.last_trace();
  EXPECT_LE(window.allocations(), kGrowth);
  stop(*task);
}

TEST_P(WarmLoops, OfASinkAllocateNothing) {
  write("t", std::vector<std::string>(kEnd, GetParam().value));
  Window window(kWarm, kEnd);
  auto task = run(counting_sink(SLUICE_FORM_BYTES | SLUICE_FORM_VALUE, window));
  EXPECT_TRUE(window.wait()) << host_.last_trace();
  EXPECT_EQ(window.allocations(), 0u);
  stop(*task);
}

INSTANTIATE_TEST_SUITE_P(Paths, WarmLoops, ::testing::ValuesIn(kPaths),
                         [](const auto &path) { return path.param.name; });

} // namespace
} // namespace host::runtime::test
