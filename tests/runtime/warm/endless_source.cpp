#include "tests/runtime/warm/endless_source.h"

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>

#include <gtest/gtest.h>
#include <sluice/abi/plugin.h>

#include "host/plugin/tables.h"
#include "tests/runtime/loops/abi_text.h"

namespace host::runtime::test {
namespace {

constexpr std::size_t kBatches = 64; // that may be out at a time
constexpr std::size_t kRecords = 100;
constexpr std::string_view kText = "a line of a file, long enough not to be a small string";

sluice_cell number(std::int64_t value) {
  sluice_cell cell{SLUICE_I64, 0, 0, 0, {}};
  cell.u.i = value;
  return cell;
}

sluice_cell string(std::string_view value) {
  sluice_cell cell{SLUICE_STRING, 0, 0, static_cast<std::uint32_t>(value.size()), {}};
  cell.u.p = reinterpret_cast<const std::uint8_t *>(value.data());
  return cell;
}

sluice_cell container(std::uint8_t type, std::uint32_t children, std::uint64_t skip) {
  sluice_cell cell{type, 0, 0, children, {}};
  cell.u.skip = skip;
  return cell;
}

// A batch that is handed out again and again.
struct Batch {
  sluice_source_batch abi{};
  std::array<sluice_source_record, kRecords> records{};
  std::array<std::string, kRecords> offsets;
  std::atomic<bool> is_out = false;
};

struct Source {
  Content content = Content::Text;
  Window *window = nullptr;
  const sluice_host *host = nullptr;
  sluice_ctx *ctx = nullptr;
  const sluice_schema *schema = nullptr;
  std::uint32_t partition = 0;
  std::array<Batch, kBatches> batches;
  std::array<sluice_cell, 5> cells{};
  std::size_t n_cells = 0;
  std::uint64_t given = 0;
  std::mutex mutex;
  std::condition_variable changed;
  bool cancelled = false;

  void fill_cells();
  void fill_batches();
  const sluice_schema *struct_schema();
  Batch *free_batch();
};

std::unique_ptr<Source> g_source; // create has no other way to find it

void Source::fill_cells() {
  if (content == Content::Map)
    cells = {container(SLUICE_MAP, 2, 5), string("id"), number(4711), string("text"),
             string(kText)};
  else
    cells = {container(SLUICE_STRUCT, 2, 3), number(4711), string(kText)};
  n_cells = content == Content::Map ? 5 : 3;
}

const sluice_schema *Source::struct_schema() {
  const auto *builder = static_cast<const sluice_schema_builder_api *>(
      host->get_extension(ctx, abi(SLUICE_SCHEMA_BUILDER_API)));
  const std::array<sluice_field, 2> fields{
      {{abi("id"), builder->primitive(ctx, SLUICE_I64, 0)},
       {abi("text"), builder->primitive(ctx, SLUICE_STRING, 1)}}};
  sluice_schema_def def{};
  def.struct_size = sizeof def;
  def.type = SLUICE_STRUCT;
  def.name = abi("line");
  def.fields = fields.data();
  def.n_fields = fields.size();
  const sluice_schema *made = nullptr;
  EXPECT_EQ(builder->build(ctx, &def, &made, nullptr), SLUICE_OK);
  return made;
}

void Source::fill_batches() {
  for (Batch &batch : batches) {
    for (std::size_t i = 0; i < kRecords; ++i) {
      sluice_source_record &record = batch.records[i];
      batch.offsets[i] = R"({"position":)" + std::to_string(i) + "}";
      record.topic = abi("t");
      record.source_partition = partition;
      record.source_offset = abi(batch.offsets[i]);
      record.timestamp_ms = 1'700'000'000'000;
      if (content == Content::Text)
        record.value.raw = {reinterpret_cast<const std::uint8_t *>(kText.data()), kText.size()};
      else
        record.value = {{nullptr, 0}, schema, cells.data(), n_cells};
    }
    batch.abi = {sizeof batch.abi,
                 batch.records.data(),
                 kRecords,
                 sizeof(sluice_source_record),
                 [](const sluice_source_batch *given) {
                   static_cast<Batch *>(given->plugin_data)->is_out = false;
                   std::lock_guard lock(g_source->mutex);
                   g_source->changed.notify_all();
                 },
                 &batch};
  }
}

Batch *Source::free_batch() {
  for (Batch &batch : batches)
    if (!batch.is_out)
      return &batch;
  return nullptr;
}

sluice_status create(const sluice_host *host, sluice_ctx *ctx, void **task, sluice_error *) {
  g_source->host = host;
  g_source->ctx = ctx;
  *task = g_source.get();
  return SLUICE_OK;
}

sluice_status start(void *self, const sluice_kv *, std::size_t, sluice_error *error) {
  auto &source = *static_cast<Source *>(self);
  const auto *services = static_cast<const sluice_source_context *>(
      source.host->get_extension(source.ctx, abi(SLUICE_SOURCE_CONTEXT)));
  if (source.content != Content::Text)
    source.fill_cells();
  if (source.content == Content::Struct)
    source.schema = source.struct_schema();
  const auto status =
      services->intern_partition(source.ctx, abi(R"({"p":1})"), &source.partition, error);
  source.fill_batches();
  return status;
}

sluice_status poll(void *self, std::int64_t max_wait_ms, const sluice_source_batch **out,
                   sluice_error *) {
  auto &source = *static_cast<Source *>(self);
  std::unique_lock lock(source.mutex);
  Batch *batch = nullptr;
  source.changed.wait_for(lock, std::chrono::milliseconds(max_wait_ms), [&] {
    batch = source.free_batch();
    return source.cancelled || batch != nullptr;
  });
  if (source.cancelled)
    return SLUICE_E_CANCELLED;
  if (batch == nullptr)
    return SLUICE_OK;
  batch->is_out = true;
  *out = &batch->abi;
  source.window->passed(source.given);
  source.given += kRecords;
  return SLUICE_OK;
}

void cancel(void *self) {
  auto &source = *static_cast<Source *>(self);
  std::lock_guard lock(source.mutex);
  source.cancelled = true;
  source.changed.notify_all();
}

} // namespace

std::shared_ptr<const plugin::Connector> endless_source(Content content, Window &window) {
  g_source = std::make_unique<Source>();
  g_source->content = content;
  g_source->window = &window;
  plugin::Descriptor descriptor;
  descriptor.class_name = "test.EndlessSource";
  descriptor.task_class_name = "test.EndlessSourceTask";
  descriptor.kind = plugin::Kind::Source;
  descriptor.forms = content == Content::Text ? std::uint32_t{SLUICE_FORM_BYTES}
                                              : std::uint32_t{SLUICE_FORM_VALUE};
  plugin::Tables tables;
  tables.source.create = create;
  tables.source.destroy = [](void *) {};
  tables.source.start = start;
  tables.source.poll = poll;
  tables.source.stop = [](void *, sluice_error *) { return sluice_status{SLUICE_OK}; };
  tables.source.cancel = cancel;
  tables.source.wake = [](void *) {}; // it never waits for long
  return std::make_shared<plugin::Connector>(descriptor,
                                             std::make_unique<const plugin::Tables>(tables));
}

} // namespace host::runtime::test
