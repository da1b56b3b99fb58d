"""The site: its help lines and courses are there."""

from __future__ import annotations

from babel import Locale, UnknownLocaleError

from trainer.content.catalogue import Site
from trainer.content.folder import Entry, Folder
from trainer.content.own_words import SOURCE


def check_site(folder: Folder) -> None:
    """Check that what the site names is there."""
    site = folder.site
    if site is None:
        return
    _check_languages(folder, site)
    region = site.value.region
    if region not in {site.value.nation.id, *folder.regions}:
        site.refuse("region", f'there is no region "{region}"', f"Add regions/{region}, or correct it.")
    for index, name in enumerate(site.value.strip_lines):
        if not folder.knows("help", name):
            site.refuse(("strip_lines", index), f'no help line is called "{name}"', "Add it or correct its id.")
    for name, picture in site.value.pictures.items():
        if not folder.knows("picture", picture):
            site.refuse(("pictures", name), f'there is no picture "{picture}"', f"Add pictures/{picture}.svg.")
    if site.value.first_try not in folder.courses:
        site.refuse(
            "first_try", f'no course is called "{site.value.first_try}"', "Name the folder of a course in courses/."
        )
    _check_renewal(folder, site)
    for index, name in enumerate(site.value.courses):
        if name not in folder.courses:
            site.refuse(
                ("courses", index), f'no course is called "{name}"', "Add it or correct its name: that of its folder."
            )


def _check_renewal(folder: Folder, site: Entry[Site]) -> None:
    """Check the course that others are renewed with: their pages show its lessons beside their own."""
    name = site.value.renewal
    if name is None:
        return
    if name not in folder.courses:
        site.refuse("renewal", f'no course is called "{name}"', "Name the folder of a course in courses/.")
        return
    modules = set(folder.courses[name].modules)
    for slug, course in folder.courses.items():
        for module in sorted(modules.intersection(course.modules)) if slug != name else ():
            site.refuse(
                "renewal",
                f'"{name}" and "{slug}" both have a module called "{module}"',
                "Rename the one that isn't published yet: someone who renews sees both.",
            )


def _check_languages(folder: Folder, site: Entry[Site]) -> None:
    if site.value.languages[0] != SOURCE:
        site.refuse("languages", "English isn't the first language", 'Begin the list with "en": all is written in it.')
    for index, language in enumerate(site.value.languages):
        if not _is_language(language):
            site.refuse(("languages", index), f'no language is called "{language}"', "Correct it, such as es or fr.")
    prepared: dict[str, set[str]] = {}
    for region in folder.regions.values():
        for language in region.translations.keys() - set(site.value.languages[1:]):
            prepared.setdefault(language, set()).update(file.path for file in region.translations[language].values())
    for language, paths in prepared.items():
        if not _is_language(language):
            for path in paths:
                folder.complaints.error(path, 1, f'no language is called "{language}"', "Correct it, such as es or fr.")
            continue
        what = f"{language} isn't in languages of site.yaml: nobody sees its translations yet ({len(paths)} in all)"
        site.warn("languages", what, f"Add {language} there once they are ready to be read.")


def _is_language(name: str) -> bool:
    try:
        Locale(name)
    except UnknownLocaleError:
        return False
    return True
