#include "host/stages/panel_preview.hpp"

#include <algorithm>

#include "host/core/error.hpp"
#include "host/core/parallel.hpp"
#include "host/stages/panel_grouping.hpp"

namespace gateless::stages {
namespace {

constexpr std::size_t kEventsLookedAt = 20'000;  // of a file: enough to compare files by

/// Keeps an even part of the events, so that an archive fits in memory.
void thin(PreparedSample& prepared) {
  prepared.event_index = {};
  prepared.reasons = {};
  for (std::vector<float>& column : prepared.columns) {
    const std::size_t step = (column.size() + kEventsLookedAt - 1) / kEventsLookedAt;
    if (step < 2) continue;
    std::vector<float> kept;
    for (std::size_t event = 0; event < column.size(); event += step) kept.push_back(column[event]);
    column = std::move(kept);
  }
}

/// Shares what was said of a panel out to its files: to those that it names, or to all if it names none.
void tell(const std::vector<std::string>& said, const std::vector<Sample>& samples,
          const std::vector<std::size_t>& members, std::vector<FilePreview>& previews) {
  for (const std::string& message : said) {
    const auto names = [&](std::size_t member) {
      return message.find(samples[member].file) != std::string::npos;
    };
    const bool names_any = std::any_of(members.begin(), members.end(), names);
    for (const std::size_t member : members) {
      if (!names_any || names(member)) previews[member].told.push_back(message);
    }
  }
}

/// Keeps what is warned of; each warning once, as a console does.
class Heard : public Progress {
 public:
  void warn(const std::string& message) override {
    if (std::find(warnings_.begin(), warnings_.end(), message) == warnings_.end())
      warnings_.push_back(message);
  }
  [[nodiscard]] const std::vector<std::string>& warnings() const noexcept { return warnings_; }

 private:
  std::vector<std::string> warnings_;
};

class Previewer {
 public:
  Previewer(const std::vector<std::string>& paths, const ReadSample& read,
            const Knowledge& knowledge, std::size_t threads)
      : threads_(threads), files_(paths.size()), previews_(paths.size()) {
    std::vector<Sample> samples(paths.size());
    for (std::size_t file = 0; file < paths.size(); ++file)
      samples[file].file = samples[file].path = paths[file];
    parallel_for(threads, paths.size(), [&](std::size_t file) {
      try {
        files_[file] = ingest_file(samples[file], read(samples[file]), knowledge, {});
        thin(files_[file].prepared);
      } catch (const UserError& error) {
        previews_[file].told.emplace_back(error.what());
      }
    });
    for (std::size_t file = 0; file < paths.size(); ++file) {
      if (!previews_[file].told.empty()) continue;
      usable_.push_back(file);
      samples_.push_back(samples[file]);
    }
  }

  std::vector<FilePreview> preview() {
    std::vector<Ingested> usable;
    for (const std::size_t file : usable_) usable.push_back(std::move(files_[file]));
    std::vector<FilePreview> found(usable.size());
    for (std::size_t file = 0; file < usable.size(); ++file) {
      found[file].kept = usable[file].prepared.kept;
      found[file].fits = true;
      for (const auto* said : {&usable[file].warnings, &usable[file].prepared.warnings})
        found[file].told.insert(found[file].told.end(), said->begin(), said->end());
    }
    if (!usable.empty()) compare(usable, found);
    for (std::size_t file = 0; file < usable.size(); ++file) {
      found[file].channels = usable[file].panel;
      previews_[usable_[file]] = std::move(found[file]);
    }
    return std::move(previews_);
  }

 private:
  void compare(std::vector<Ingested>& files, std::vector<FilePreview>& found) {
    Heard heard;
    std::vector<std::size_t> everybody;
    for (std::size_t file = 0; file < files.size(); ++file) everybody.push_back(file);
    const std::vector<PanelMembers> panels = group_panels(samples_, files, heard);
    tell(heard.warnings(), samples_, everybody, found);
    for (const PanelMembers& panel : panels) {
      Heard of_panel;
      std::vector<std::string> refusals;
      try {
        refusals = check_members(samples_, files, panel, threads_, of_panel).refusals;
      } catch (const InputError& error) {
        refusals = {error.what()};
      }
      tell(of_panel.warnings(), samples_, panel.members, found);
      tell(refusals, samples_, panel.members, found);
      for (const std::size_t member : panel.members) {
        found[member].panel = panel.name;
        found[member].fits = std::none_of(refusals.begin(), refusals.end(), [&](const auto& text) {
          const auto& told = found[member].told;
          return std::find(told.begin(), told.end(), text) != told.end();
        });
      }
    }
  }

  std::size_t threads_;
  std::vector<Ingested> files_;
  std::vector<FilePreview> previews_;
  std::vector<std::size_t> usable_;
  std::vector<Sample> samples_;  ///< [usable_]
};

}  // namespace

std::vector<FilePreview> preview_files(const std::vector<std::string>& paths,
                                       const ReadSample& read, const Knowledge& knowledge,
                                       std::size_t threads) {
  return Previewer(paths, read, knowledge, threads).preview();
}

}  // namespace gateless::stages
