"""What is watched: hydraulic systems, their components and sensors."""
