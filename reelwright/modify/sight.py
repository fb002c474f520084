"""The networks of the weights `people`, made ready. Imported only where ai-edge-litert is there."""

from pathlib import Path

from reelwright.modify.bodies import Bodies
from reelwright.modify.faces import Faces
from reelwright.modify.hands import Hands
from reelwright.modify.mesh import FIRST_LOOK, SECOND_LOOK, Mesh, Region
from reelwright.modify.nets import parts
from reelwright.modify.people import Eyes
from reelwright.modify.tflite import TfliteNet, custom_options, half, hushed

REGIONS = b"Landmarks2TransformMatrix"  # the steps that say where the mesh looks again


def eyes(weights: Path) -> Eyes:
    """Ready to look. Each call makes networks of its own, for a thread of its own."""
    part = parts(weights.read_bytes())
    with hushed():
        nets = {name: TfliteNet(model) for name, model in part.items() if name != "mesh"}
        right = Hands(TfliteNet(part["hand_finder"]), TfliteNet(part["hand"]))
        looks = mesh(part["mesh"])
    return Eyes(
        Faces(nets["face_near"], nets["face_far"], looks),
        Bodies(nets["body_finder"], nets["body"]),
        Hands(nets["hand_finder"], nets["hand"], twin=right),
        nets["matte"],
    )


def mesh(model: bytes) -> Mesh:
    """Its two halves, and what the file says of the regions between them."""
    regions = [
        Region(told["subset_idxs"], told["left_rotation_idx"], told["right_rotation_idx"])
        for told in custom_options(model, REGIONS)
    ]
    first, second = (TfliteNet(half(model, *look)) for look in (FIRST_LOOK, SECOND_LOOK))
    return Mesh(first, second, regions)
