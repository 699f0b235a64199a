#include "host/storage/file_offset_store.h"

#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "host/base/log.h"
#include "host/base/thread.h"
#include "host/storage/offset_file.h"

namespace host::storage {
namespace {

const log::Logger kLog{"sluice.storage"};

tl::unexpected<Error> stopped() { return fail(Code::Cancelled, "the offset store is stopped"); }

// The file behind links, even if it does not exist yet: replacing it must not replace a link.
std::string real_path(const std::string &path) {
  namespace fs = std::filesystem;
  constexpr int kMostLinks = 40; // as the kernel
  std::error_code error;
  fs::path file = path;
  for (int links = 0; links < kMostLinks && fs::is_symlink(file, error); ++links) {
    const fs::path target = fs::read_symlink(file, error);
    if (error)
      break;
    file = file.parent_path() / target; // an absolute target replaces it all
  }
  return file;
}

} // namespace

FileOffsetStore::FileOffsetStore(std::string path) : path_(real_path(path)) {}

FileOffsetStore::~FileOffsetStore() { stop(); }

void FileOffsetStore::start(OnWritten on_ready) {
  thread_ = std::jthread([this, on_ready = std::move(on_ready)] {
    name_this_thread("store-file");
    run(on_ready);
  });
}

void FileOffsetStore::stop() {
  mailbox_.close();
  if (thread_.joinable())
    thread_.join();
}

void FileOffsetStore::write(std::vector<OffsetRecord> records, OnWritten done) {
  for (const OffsetRecord &record : records)
    if (const Status checked = check_offset(record); !checked)
      return done(checked);
  if (!mailbox_.post(Write{std::move(records), done}))
    done(stopped());
}
void FileOffsetStore::read(std::vector<std::string> keys, OnRead done) {
  if (!mailbox_.post(Read{std::move(keys), done}))
    done(stopped());
}
void FileOffsetStore::list(const std::string &connector, OnListed done) {
  if (!mailbox_.post(List{connector, done}))
    done(stopped());
}

std::string FileOffsetStore::waiting_for() const {
  return ready_.load(std::memory_order_acquire) ? "" : fmt::format("the offsets file '{}'", path_);
}

void FileOffsetStore::run(const OnWritten &on_ready) {
  const Status loaded = load();
  ready_.store(loaded.has_value(), std::memory_order_release);
  on_ready(loaded);
  for (;;) {
    std::optional<Request> request = std::exchange(set_aside_, std::nullopt);
    if (!request)
      request = mailbox_.take();
    if (!request)
      return;
    if (loaded)
      serve(*std::move(request));
    else
      refuse(*request, loaded.error());
  }
}

Status FileOffsetStore::load() {
  HOST_ASSIGN(const std::string text, read_file(path_));
  HOST_ASSIGN(const std::vector<OffsetRecord> records, parse_offsets(text, path_));
  for (const OffsetRecord &record : records)
    HOST_TRY(table_.put(record.key, record.value));
  kLog.info("Read {} source offsets from '{}'", table_.size(), path_);
  return {};
}

void FileOffsetStore::serve(Request request) {
  if (auto *write = std::get_if<Write>(&request))
    return serve_writes(std::move(*write));
  if (auto *read = std::get_if<Read>(&request))
    return answer(*read);
  answer(std::get<List>(request));
}

// Takes the writes that have come meanwhile along: one replacement serves them all.
void FileOffsetStore::serve_writes(Write first) {
  std::vector<Write> writes;
  writes.push_back(std::move(first));
  while (!set_aside_) {
    std::optional<Request> next = mailbox_.try_take();
    if (!next)
      break;
    if (auto *write = std::get_if<Write>(&*next))
      writes.push_back(std::move(*write));
    else
      set_aside_ = std::move(next);
  }
  const Status saved = save(writes);
  if (!saved)
    kLog.error("Source offsets are not stored: {}", saved.error().message());
  for (const Write &write : writes)
    write.done(saved);
}

// What is not on the disk is not in the table either.
Status FileOffsetStore::save(const std::vector<Write> &writes) {
  std::vector<std::vector<OffsetRecord>> before;
  before.reserve(writes.size());
  for (const Write &write : writes)
    before.push_back(apply(write.records));
  Status saved = replace_file(path_, format_offsets(table_.all()));
  if (!saved)
    for (auto records = before.rbegin(); records != before.rend(); ++records)
      apply({records->rbegin(), records->rend()});
  return saved;
}

// Returns what the table had for these keys before, in their order.
std::vector<OffsetRecord> FileOffsetStore::apply(const std::vector<OffsetRecord> &records) {
  std::vector<OffsetRecord> before;
  before.reserve(records.size());
  for (const OffsetRecord &record : records) {
    before.push_back({record.key, table_.get(record.key)});
    if (const Status put = table_.put(record.key, record.value); !put)
      kLog.warn("{}", put.error().message()); // checked before: cannot happen
  }
  return before;
}

void FileOffsetStore::answer(const Read &read) {
  std::vector<std::optional<std::string>> values;
  values.reserve(read.keys.size());
  for (const std::string &key : read.keys)
    values.push_back(table_.get(key));
  read.done(std::move(values));
}

void FileOffsetStore::answer(const List &list) { list.done(table_.list(list.connector)); }

void FileOffsetStore::refuse(const Request &request, const Error &error) {
  std::visit([&](const auto &asked) { asked.done(fail(error)); }, request);
}

} // namespace host::storage
