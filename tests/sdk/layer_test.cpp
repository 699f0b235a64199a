#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "sluice/sluice.hpp"
#include "sluice/testing.hpp"

// The small parts of the C++ layer.
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

TEST(Format, FillsPlaceholdersInOrder) {
  const char *const plain = "plain";
  EXPECT_EQ(sluice::format("{}-{} {} {}", 1, "two", plain, true), "1-two plain true");
  EXPECT_EQ(sluice::format("{\"a\":{}}", 1.5), "{\"a\":1.5}");
  EXPECT_EQ(sluice::format("nothing"), "nothing");
}

TEST(JsonObject, WritesMembersInOrder) {
  const auto object = sluice::json_object().set("b", "q\"\\\n").set("a", -5).set("b", "new");
  EXPECT_EQ(object.to_text(), R"({"b":"new","a":-5})");
  EXPECT_EQ(sluice::json_object().set("k", "q\"\\\n\x01").to_text(),
            R"({"k":"q\"\\\u000A\u0001"})");
  EXPECT_EQ(sluice::json_object().to_text(), "{}");
}

TEST(JsonObject, ReadsWhatTheHostGives) {
  const auto object = sluice::json_object::parse(
      R"( {"position": 12, "name":"a\u00e4\ud83d\ude00\n", "deep":{"x":[1,"}"]}, "none":null} )");
  EXPECT_EQ(object.integer("position"), 12);
  EXPECT_EQ(object.integer("name"), std::nullopt);
  EXPECT_EQ(object.text("name"), "a\xC3\xA4\xF0\x9F\x98\x80\n");
  EXPECT_EQ(object.raw("deep"), R"({"x":[1,"}"]})");
  EXPECT_TRUE(object.contains("none"));
  EXPECT_FALSE(object.contains("other"));
}

TEST(JsonObject, RefusesWhatIsNoObject) {
  for (const char *text : {"", "[]", "{", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{\"a\":1}x", "{\"a",
                           "{\"\\u12\":1}", "{a:1}"})
    EXPECT_THROW(sluice::json_object::parse(text), sluice::data_error) << text;
}

TEST(Pool, GivesBackWhatWasDropped) {
  sluice::recycling_pool<std::vector<int>> pool(1);
  auto first = pool.take();
  first->reserve(100);
  const auto *const address = first.get();
  first.reset();
  EXPECT_EQ(pool.take().get(), address);
  auto one = pool.take(), two = pool.take();
  one.reset();
  two.reset(); // over the number that is kept
  pool.trim();
}

TEST(Pool, TakenObjectsOutliveIt) {
  auto pool = std::make_unique<sluice::recycling_pool<std::string>>(2);
  const auto held = pool->take();
  pool.reset();
  *held = "still here";
  std::thread([last = held] { EXPECT_EQ(*last, "still here"); }).join();
}

TEST(Waiter, NotificationIsKeptForTheNextWait) {
  sluice::waiter waiter;
  waiter.notify();
  waiter.notify();
  EXPECT_EQ(waiter.wait(60s), sluice::waiter::result::notified);
  EXPECT_EQ(waiter.wait(0ms), sluice::waiter::result::timeout);
}

TEST(Waiter, WaitsForADescriptorToo) {
  sluice::waiter waiter, other;
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ASSERT_EQ(::write(ends[1], "x", 1), 1);
  EXPECT_EQ(waiter.wait(60s, ends[0]), sluice::waiter::result::readable);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(Records, KeepCopiesThatStay) {
  sluice::records records;
  std::vector<std::string_view> kept;
  for (int i = 0; i < 5000; ++i)
    kept.push_back(records.keep(std::to_string(i)));
  const std::string large(100'000, 'x');
  EXPECT_EQ(records.keep(large), large);
  for (int i = 0; i < 5000; ++i)
    ASSERT_EQ(kept[static_cast<std::size_t>(i)], std::to_string(i));
  records.add("t").key(sluice::datum::bytes("k")).partition(3).timestamp({});
  EXPECT_EQ(records.abi()[0].partition, 3);
  EXPECT_EQ(records.abi()[0].timestamp_ms, 0);
  EXPECT_EQ(records.abi()[0].source_partition, 0U);
  records.clear();
  EXPECT_TRUE(records.empty());
}

TEST(SourceBatch, OwnerLivesUntilTheHostReleases) {
  auto owner = std::make_shared<sluice::records>();
  owner->add("t");
  const std::weak_ptr<sluice::records> watched = owner;
  sluice::source_batch batch(std::move(owner));
  EXPECT_EQ(batch.size(), 1U);
  const sluice_source_batch *const abi = batch.hand_over();
  EXPECT_FALSE(batch);
  EXPECT_FALSE(watched.expired());
  abi->release(abi);
  EXPECT_TRUE(watched.expired());
}

TEST(Tape, ContainersKnowTheirSize) {
  sluice::tape tape;
  tape.begin_array().integer(SLUICE_I32, 1).begin_map().text("k").null().end().boolean(true).end();
  const auto &cells = tape.cells();
  ASSERT_EQ(cells.size(), 6U);
  EXPECT_EQ(cells[0].n, 3U);
  EXPECT_EQ(cells[0].u.skip, 6U);
  EXPECT_EQ(cells[2].n, 1U);
  EXPECT_EQ(cells[2].u.skip, 3U);
}

TEST(Value, ReadsRawAndCellsAlike) {
  sluice::testing::schema_store schemas;
  const auto *const api = sluice::testing::schema_store::api();
  const sluice::value text(sluice::datum::text("raw", schemas.primitive(SLUICE_STRING, true)), api);
  EXPECT_TRUE(text.is_text());
  EXPECT_EQ(text.text(), "raw");
  const sluice::value bytes(sluice::datum::bytes("b"), api);
  EXPECT_EQ(bytes.type(), SLUICE_BYTES);
  EXPECT_TRUE(sluice::value(sluice::datum::null(), api).is_null());
  EXPECT_THROW(text.integer(), sluice::data_error);
  EXPECT_THROW(text.elements(), sluice::data_error);

  sluice::tape tape;
  tape.begin_map()
      .text("list")
      .begin_array()
      .integer(SLUICE_I8, 1)
      .end()
      .text("k")
      .boolean(true)
      .end();
  std::vector<std::string> keys;
  for (const auto &[name, key, item] :
       sluice::value(sluice::datum::cells(tape.cells(), nullptr), api).elements())
    keys.push_back(std::string(key.text()) + (item.type() == SLUICE_ARRAY ? "[]" : ""));
  EXPECT_THAT(keys, ElementsAre("list[]", "k"));
}

TEST(Pacing, MakesWhatIsAskedForAndResumes) {
  sluice::testing::fake_host host;
  const auto &plugin = sluice::testing::load(TEST_BUILD_DIR "/test-plugins/healthy/pacing.so");
  host.stored_offsets[R"({"generator":0})"] = R"({"next":5})";
  sluice::testing::source_run run(host, plugin, "sluice.test.PacingSourceConnector");
  run.start({{"topic", "t"}, {"rate", "0"}, {"records", "8"}, {"record.bytes", "30"}});
  const auto records = run.poll(0ms);
  ASSERT_EQ(records.size(), 3U);
  EXPECT_EQ(records[0].value, "5 " + std::string(28, '.'));
  EXPECT_EQ(records[2].source_offset, R"({"next":8})");
  EXPECT_TRUE(run.poll(0ms).empty());
}

} // namespace
