#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "host/base/mailbox.h"
#include "host/storage/offset_store.h"
#include "host/storage/offset_table.h"

namespace host::storage {

// Source offsets of a standalone worker in one small file (offset_file.h), replaced as a whole. Its
// own thread does the work; writes that wait while the disk is busy go into the next replacement
// together. A file that cannot be read stops the start with a message that says what to do.
class FileOffsetStore final : public OffsetStore {
public:
  explicit FileOffsetStore(std::string path);
  ~FileOffsetStore() override;

  void start(OnWritten on_ready) override;
  void stop() override;
  void write(std::vector<OffsetRecord> records, OnWritten done) override;
  void read(std::vector<std::string> keys, OnRead done) override;
  void list(const std::string &connector, OnListed done) override;
  std::string waiting_for() const override;

private:
  struct Write {
    std::vector<OffsetRecord> records;
    OnWritten done;
  };
  struct Read {
    std::vector<std::string> keys;
    OnRead done;
  };
  struct List {
    std::string connector;
    OnListed done;
  };
  using Request = std::variant<Write, Read, List>;

  void run(const OnWritten &on_ready);
  Status load();
  void serve(Request request);
  void serve_writes(Write first);
  Status save(const std::vector<Write> &writes);
  std::vector<OffsetRecord> apply(const std::vector<OffsetRecord> &records);
  void answer(const Read &read);
  void answer(const List &list);
  void refuse(const Request &request, const Error &error);

  std::string path_;
  Mailbox<Request> mailbox_;
  OffsetTable table_;                // the store's thread
  std::optional<Request> set_aside_; // taken from the mailbox while looking for writes
  std::atomic<bool> ready_{false};
  std::jthread thread_;
};

} // namespace host::storage
