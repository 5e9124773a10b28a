"""Configuration of images of the plane groups."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from symlens.config.base import Block
from symlens.config.experiment import Seed, distinct

Content = Literal[
    "textures",
    "photographs",
    "noise",
    "atoms",
    "published_atoms",
    "glyphs",
    "drawings",
    "probe",
]
Positive = Annotated[float, Field(gt=0)]
Range = Annotated[tuple[Positive, Positive], Field(strict=False)]


class ImageData(Block):
    """Images of all 17 groups, the same number of each and of every content."""

    contents: Annotated[
        tuple[Content, ...], Field(strict=False, min_length=1), AfterValidator(distinct)
    ] = ("textures", "noise", "atoms", "published_atoms")
    """What the asymmetric units hold."""

    per_class: int = Field(default=20, ge=1, le=1_000_000)
    """Images of every group and content."""

    size: int = Field(default=256, ge=32, le=1024)
    """Pixels along each side."""

    channels: Literal[1, 3] = 3
    """Colours: 3, or 1 for grey."""

    area_mode: Literal["fundamental", "cell"] = "cell"
    """What is drawn independently of the class: the area of the asymmetric unit, as in the paper,
    so that the area of the cell tells the class; or the area of the cell."""

    unit_area: Range = (960.0, 10.0)
    """Mean and standard deviation of the unit's area, pixels of an image of 256 x 256."""

    cell_area: Range = (1500.0, 9000.0)
    """Smallest and largest area of a primitive cell, pixels of an image of 256 x 256."""

    aperture: float = Field(default=0.6, ge=0, le=5)
    """Standard deviation, in pixels, of the Gaussian that the content is seen through."""

    contrast: float = Field(default=0.04, ge=0, lt=0.5)
    """Images of a smaller standard deviation, from black 0 to white 1, are drawn again."""

    margin: float = Field(default=0.05, ge=0, lt=0.5)
    """Images that correlate to more than 1 - margin with themselves under an operation of a larger
    group are drawn again; 0 for none. Not for published_atoms."""

    folder: str | None = None
    """Folder of photographs for textures (four fifths of the files) and photographs (the others);
    null: those that come with scikit-learn."""

    seed: Seed = 1
    """Of all random choices."""

    @model_validator(mode="after")
    def _enough_cells(self) -> Self:
        low, high = self.cell_area
        if low > high:
            raise ValueError(f"cell_area: smallest first, found {low:g}, {high:g}")
        if self.area_mode == "cell" and 4 * high > 256**2:
            raise ValueError(f"cell_area: at most {256**2 // 4}, a quarter of 256 x 256")
        return self
