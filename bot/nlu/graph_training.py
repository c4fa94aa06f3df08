"""Trains through Rasa's graph, with what takes its time and gives us nothing left out.

The graph, its components and the file are those of `rasa train`; its cache, which the
program switches off, the fingerprints for it and the slow packing are not there. To be
imported only after `bootstrap.prepare`.
"""

from __future__ import annotations

import io
import json
import tarfile
import warnings
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.errors import ConfigError
from bot.nlu.importer import ProjectImporter

with warnings.catch_warnings():  # Rasa's pinned libraries deprecate one another
    warnings.simplefilter("ignore")
    from rasa.engine.constants import PLACEHOLDER_IMPORTER
    from rasa.engine.graph import ExecutionContext, GraphModelConfiguration
    from rasa.engine.recipes.recipe import Recipe
    from rasa.engine.runner.dask import DaskGraphRunner
    from rasa.engine.storage.local_model_storage import LocalModelStorage
    from rasa.engine.validation import validate
    from rasa.shared.core.events import SlotSet
    from rasa.shared.data import TrainingType

COMPONENTS, METADATA = "components", "metadata.json"  # in Rasa's archive
_LEVEL = 1  # of gzip: nearly all in the archive is packed already


def train_graph(project: Path, path: Path) -> None:
    """Train on the project's config.yml, domain.yml and data/; write the model's file.

    Raises:
        ConfigError: rules or stories set slots that the domain does not have.
        What Rasa raises where it refuses the project or a component fails.
    """
    importer = ProjectImporter(project)
    _check_slots(project, importer)
    configuration = _configuration(importer)
    domain = deepcopy(importer.get_domain())  # components might change it
    path.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=path.parent, prefix=".graph-") as folder:
        storage = LocalModelStorage(Path(folder))
        schema = configuration.train_schema
        runner = DaskGraphRunner.create(
            graph_schema=schema,
            model_storage=storage,
            execution_context=ExecutionContext(graph_schema=schema),
        )
        runner.run(inputs={PLACEHOLDER_IMPORTER: importer})
        metadata = storage._create_model_metadata(domain, configuration).as_dict()
        _pack(Path(folder), metadata, path)


def _check_slots(project: Path, importer: ProjectImporter) -> None:
    known = {slot.name for slot in importer.get_domain().slots}
    steps = importer.get_stories().story_steps
    events = (event for step in steps for event in step.events)
    missing = {each.key for each in events if isinstance(each, SlotSet)} - known
    if missing:
        raise ConfigError(
            f"{project / 'domain.yml'}: no slots {', '.join(sorted(missing))}, which "
            "rules or stories set"
        )


def _configuration(importer: ProjectImporter) -> GraphModelConfiguration:
    written = importer.get_config()
    recipe = Recipe.recipe_for_name(written.get("recipe"))
    kind = _kind(importer)
    file = importer.get_config_file_for_auto_config()
    config, _, _ = recipe.auto_configure(file, written, kind)
    configuration = recipe.graph_config_for_recipe(config, {}, training_type=kind)
    validate(configuration)
    return configuration


def _kind(importer: ProjectImporter) -> TrainingType:
    """Return what there is to train, as Rasa tells it."""
    examples = importer.get_nlu_data()
    if examples.has_e2e_examples():
        return TrainingType.END_TO_END
    if importer.get_domain().is_empty() or importer.get_stories().is_empty():
        return TrainingType.NLU
    return TrainingType.BOTH  # there are examples: `check_project` saw to it


def _pack(folder: Path, metadata: dict[str, object], path: Path) -> None:
    """Write the archive; what tells whose model it is comes first."""
    content = json.dumps(metadata).encode()
    with tarfile.open(path, "w:gz", compresslevel=_LEVEL) as archive:
        entry = tarfile.TarInfo(METADATA)
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
        archive.add(folder, arcname=COMPONENTS)
